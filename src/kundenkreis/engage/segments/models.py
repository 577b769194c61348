"""Segments: a definition, and who is in it now."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import Translated, translated
from kundenkreis.kernel.record import Record, due_index


class Segment(Record):
    """A stored definition and its current membership.

    `size` and `refreshed_at` are derived. `refresh_due_at` is when the whole membership will be
    compared with the definition again; None = never, because events and timers keep it true.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        ARCHIVED = "archived", _("Archived")

    unaudited_fields = frozenset({"size"})

    name = Translated(_("Name"))
    definition = models.JSONField(_("Definition"), editable=False)
    state = models.CharField(
        _("State"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False
    )
    size = models.PositiveBigIntegerField(_("People"), default=0, editable=False)
    refreshed_at = models.DateTimeField(_("Refreshed"), null=True, editable=False)
    refresh_due_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        indexes = [due_index("segment_due")]

    def __str__(self) -> str:
        return translated(self.name)


class Membership(models.Model):
    """A person (canonical profile) is in a segment since `entered_at`."""

    id = models.BigAutoField(primary_key=True)
    segment_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["profile_id", "segment_id"], name="membership_profile")]
        constraints = [
            models.UniqueConstraint(fields=["segment_id", "profile_id"], name="member_once")
        ]


class Timer(models.Model):
    """Look at this person again at `due_at`: by then time alone may have changed the answer."""

    id = models.BigAutoField(primary_key=True)
    segment_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="timer_due")]
        constraints = [
            models.UniqueConstraint(fields=["profile_id", "segment_id"], name="timer_once")
        ]


class Recheck(models.Model):
    """Something else than an event changed about a person: what, so that the right segments look.

    `cause` is profile (traits, facts, identity), consent, or all.
    """

    class Cause(models.TextChoices):
        PROFILE = "profile"
        CONSENT = "consent"
        ALL = "all"

    id = models.BigAutoField(primary_key=True)
    profile_id = models.BigIntegerField()
    cause = models.CharField(max_length=8, choices=Cause.choices)
