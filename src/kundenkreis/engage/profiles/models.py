"""People as marketing knows them, often without a name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.record import Record, due_index


class Profile(Record):
    """Somebody who was seen. `canonical_id` points to the profile they turned out to be.

    `traits` is what they or the shop said; `facts` is what crossed the link from the crm, each with
    the purpose it was sent for: `{"orders": {"value": 3, "purpose": "…"}}`.
    """

    unaudited_fields = frozenset({"known"})

    link_id = models.UUIDField(null=True, unique=True, editable=False)
    canonical_id = models.BigIntegerField(null=True, db_index=True, editable=False)
    # The crm says that their data must not be used (GDPR Art. 18).
    restricted = models.BooleanField(default=False, db_default=False, editable=False)
    known = models.BooleanField(_("Known"), default=False, editable=False)
    traits = models.JSONField(default=dict, editable=False)
    # When each trait was said, so that the newest statement wins in whatever order they arrive.
    trait_times = models.JSONField(default=dict, editable=False)
    facts = models.JSONField(default=dict, editable=False)
    last_seen_at = models.DateTimeField(_("Last seen"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        indexes = [
            models.Index(fields=["last_seen_at", "id"], name="profile_seen"),
            # Whose time may be over: only people whom the crm does not know.
            models.Index(
                fields=["last_seen_at"],
                name="profile_last_seen",
                condition=models.Q(link_id__isnull=True, canonical_id__isnull=True),
            ),
            due_index("profile_due"),
        ]

    def __str__(self) -> str:
        name = (
            self.traits.get("name")
            or " ".join(
                str(self.traits.get(part, "")) for part in ("first_name", "last_name")
            ).strip()
        )
        return name or f"{_('Visitor')} {self.pk}"


class Identifier(models.Model):
    """A name a profile goes by. Known identifiers (`user`) beat anonymous ones (`anonymous`).

    `verified`: a trusted source or a signed token said so; a browser alone only claims. `since`:
    when the present holder took a cookie id over from somebody else on the same device.
    """

    class Kind(models.TextChoices):
        ANONYMOUS = "anonymous", _("Cookie")
        USER = "user", _("Customer id of the shop")

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="identifiers")
    namespace = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=200)
    first_seen_at = models.DateTimeField()
    verified = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "kind", "value"], name="identifier_once")
        ]
        # Consents name a subject without its shop.
        indexes = [models.Index(fields=["value"], name="identifier_value")]


class FormerHolder(models.Model):
    """Whose a cookie id was until somebody else used the device: older events stay with them."""

    id = models.BigAutoField(primary_key=True)
    identifier = models.ForeignKey(Identifier, models.CASCADE, related_name="former_holders")
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="+")
    until = models.DateTimeField()


class ProfileMerge(models.Model):
    """That one profile turned out to be another one, and why.

    Events never make one of two known people; only staff do, and for that see `ProfileUnion`.
    """

    id = models.BigAutoField(primary_key=True)
    absorbed_id = models.BigIntegerField(db_index=True)
    canonical_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=80)


class ProfileUnion(models.Model):
    """That staff made one person of two, and what it takes to part them again.

    `profile` became part of `into`. `before` is what was said about `into` (`values`, `times`),
    `moved` are the profiles that followed, and `names` the identifiers with their profiles.
    """

    profile = models.OneToOneField(Profile, models.CASCADE, primary_key=True, related_name="union")
    into = models.ForeignKey(Profile, models.CASCADE, related_name="unions")
    at = models.DateTimeField()
    before = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    names = models.JSONField(default=dict)
