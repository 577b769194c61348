"""Staff: who may log in, in which teams, with which rights."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import Translated


class Role(models.Model):
    """A named set of rights: `{"crm.opportunity.change": "tree"}`; any number per user.

    `fields` narrows them: `{"crm.person": {"phone": "hidden", "source": "locked"}}`.
    """

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    label = Translated()
    grants = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.slug


class Team(models.Model):
    """A group of staff; teams form a tree."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("Name"), max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

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
    language = models.CharField(_("Language"), max_length=5, default="de")
    theme = models.CharField(_("Theme"), max_length=6, default="system")
    zone = models.CharField(_("Time zone"), max_length=40, default="Europe/Berlin")
    edits_lists = models.BooleanField(_("Edits in lists"), default=False)
    is_active = models.BooleanField(_("May log in"), default=True)
    joined_at = models.DateTimeField(_("Since"))
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

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email
