"""Staff: who may log in, in which teams, with which rights."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import Translated


class Role(models.Model):
    """A named set of rights: `{"crm.opportunity.change": "tree"}`; any number per user.

    `fields` narrows them: `{"crm.person": {"phone": "hidden", "source": "locked"}}`. Whoever holds
    a role that `needs_end` is let in up to a certain day.
    """

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    label = Translated()
    grants = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    needs_end = models.BooleanField(_("For a time only"), default=False)
    needs_factor = models.BooleanField(_("Second factor needed"), default=False)
    # The rights that versions of the product have brought to it; what administrators took stays away.
    shipped = models.JSONField(default=list, editable=False)

    def __str__(self) -> str:
        return self.slug


class Company(models.Model):
    """What the company says of itself: one row. `answers` are those to the check-list."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("Name of the company"), max_length=80, blank=True)
    officer = models.CharField(_("Data protection officer"), max_length=200, blank=True)
    answers = models.JSONField(default=dict)
    needs_factor = models.BooleanField(_("Second factor needed"), default=False)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A group of staff; teams form a tree."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("Name"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Part of"),
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A member of staff. Imported owners are inactive until an administrator lets them in."""

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    language = models.CharField(
        _("Language"), max_length=5, default="de", choices=settings.LANGUAGES
    )
    theme = models.CharField(_("Theme"), max_length=6, default="system")
    zone = models.CharField(_("Time zone"), max_length=40, default="Europe/Berlin")
    edits_lists = models.BooleanField(_("Edits in lists"), default=False)
    single_keys = models.BooleanField(_("Shortcuts of a single key"), default=True)
    is_active = models.BooleanField(_("May log in"), default=True)
    joined_at = models.DateTimeField(_("Since"))
    until = models.DateField(_("Access until"), null=True, blank=True)
    factor_at = models.DateTimeField(_("Second factor changed"), null=True, editable=False)
    sessions_ended_at = models.DateTimeField(_("Sessions ended"), null=True, editable=False)
    # The version of the text of confidentiality that they undertook last; 0: none.
    undertaken = models.PositiveIntegerField(_("Confidentiality"), default=0, editable=False)
    teams = models.ManyToManyField(Team, related_name="members")
    roles = models.ManyToManyField(Role, related_name="holders")

    objects = Users()
    secret_fields = frozenset({"password"})

    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.name or self.email

    def is_over(self, today: date) -> bool:
        """Whether the days are over for which they were let in."""
        return self.until is not None and self.until < today

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email


class Absence(models.Model):
    """Days on which a member of staff is away, and who sees to their records and tasks meanwhile.

    `seen_at` is when they looked at what was done for them.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(
        User, models.PROTECT, related_name="standing_in", verbose_name=_("Deputy")
    )
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until and including"))
    seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_ends_later"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("deputy")), name="absence_has_a_deputy"
            ),
        ]
        indexes = [models.Index(fields=["deputy", "ends_on"], name="absence_deputy")]

    def __str__(self) -> str:
        return f"{self.user}: {self.starts_on} – {self.ends_on}"


class ApiToken(models.Model):
    """A key by which a program acts as a member of staff, as far as they may and `scopes` reach.

    `scopes` name types (`crm.person`, `*` for all) with "read" or "write". Of the key itself only
    the digest is kept; a revoked token stays, because the audit names it.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("Name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=dict)
    until = models.DateField(_("Valid until and including"))
    created_at = models.DateTimeField(_("Since"))
    used_at = models.DateTimeField(_("Last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    secret_fields = frozenset({"digest"})

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """Somebody who is logged in: from where, and when they were last seen."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(_("Device"), max_length=200, blank=True)
    network = models.CharField(_("Network"), max_length=45, blank=True)
    began_at = models.DateTimeField(_("Since"), null=True)
    seen_at = models.DateTimeField(_("Last seen"), db_index=True)

    secret_fields = frozenset({"session_key", "session_data"})

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from kundenkreis.crm.accounts.sessions import SessionStore

        return SessionStore


class UndertakingText(models.Model):
    """A version of what staff undertake before they see personal data; versions stay as they are."""

    id = models.BigAutoField(primary_key=True)
    version = models.PositiveIntegerField(_("Version"), unique=True)
    text = Translated()
    published_at = models.DateTimeField(_("Published"))

    class Meta:
        verbose_name = _("text of confidentiality")
        verbose_name_plural = _("texts of confidentiality")

    def __str__(self) -> str:
        return str(self.version)


class Undertaking(models.Model):
    """That somebody undertook confidentiality, in the words of one version, and when."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="undertakings")
    text = models.ForeignKey(UndertakingText, models.PROTECT, related_name="undertakings")
    at = models.DateTimeField(_("Undertaken"))

    class Meta:
        verbose_name = _("undertaking of confidentiality")
        verbose_name_plural = _("undertakings of confidentiality")
        constraints = [
            models.UniqueConstraint(fields=["user", "text"], name="undertaking_once_each")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.text}"
