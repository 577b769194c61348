"""Letting staff in, and their settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts.models import Role, Team, User
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

SETTINGS = ("language", "theme", "zone", "edits_lists")
# Rights per shipped role. `*` stands for every type or action of a side.
SHIPPED_ROLES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "administrator": ({"de": "Administration", "en": "Administrator"}, {"*.*.*": "all"}),
    "management": ({"de": "Leitung", "en": "Management"}, {"*.*.read": "all"}),
    "sales": (
        {"de": "Vertrieb", "en": "Sales"},
        {
            "crm.*.read": "all",
            "crm.person.*": "all",
            "crm.organisation.*": "all",
            "crm.opportunity.*": "team",
            "crm.opportunity.read": "all",
        },
    ),
    "marketing": (
        {"de": "Marketing", "en": "Marketing"},
        {"engage.*.*": "all", "insight.*.read": "all", "crm.order.read": "all"},
    ),
}


@command
def create_shipped_roles(*, actor: Actor) -> dict[str, Role]:
    """Make the roles every installation starts with; existing ones stay as they are."""
    actor.require("crm.role.change")
    have = {role.slug: role for role in store.rows(Role).all()}
    for slug, (label, grants) in SHIPPED_ROLES.items():
        if slug not in have:
            have[slug] = store.create(actor, Role, slug=slug, label=label, grants=grants)
    return have


@command
def create_team(*, actor: Actor, name: str, parent: Team | None = None) -> Team:
    """Make a team, or return the one of this name."""
    actor.require("crm.team.create")
    found = store.rows(Team).filter(name=name).first()
    return found or store.create(actor, Team, name=name, parent=parent)


@command
def create_user(
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None = None,
    roles: Iterable[str] = (),
    teams: Iterable[Team] = (),
    language: str = "de",
    is_active: bool = True,
) -> User:
    """Make a member of staff. Without a password nobody can log in as them.

    Raises `DomainError` when the e-mail address is taken.
    """
    actor.require("crm.user.create")
    email = email.strip().lower()
    if store.rows(User).filter(email__iexact=email).exists():
        raise DomainError(
            _("There is already a user with this e-mail address."),
            _("The address is what people log in with, so it must be unique."),
            _("Choose another address."),
            field="email",
        )
    user = store.create(
        actor,
        User,
        email=email,
        name=name,
        password=make_password(password),
        language=language,
        is_active=is_active,
        joined_at=clock.now(),
    )
    chosen = store.rows(Role).filter(slug__in=list(roles))
    store.assign(actor, user, roles=chosen, teams=teams)
    return user


@command
def create_first_administrator(
    *, actor: Actor, email: str, name: str, password: str, language: str = "de"
) -> User:
    """Make the first user of a new installation, an administrator.

    Raises `DomainError` when there is a user already.
    """
    create_shipped_roles(actor=actor)
    if store.rows(User).exists():
        raise DomainError(
            _("This installation has an administrator already."),
            hint=_("Log in, or ask the administrator to let you in."),
        )
    return create_user(
        actor=actor,
        email=email,
        name=name,
        password=password,
        roles=["administrator"],
        language=language,
    )


@command
def change_settings(*, actor: Actor, user_id: int, **values: str | bool) -> User:
    """Change one's own language, theme or time zone, or whether lists open for editing."""
    if actor.user_id != user_id:
        actor.require("crm.user.change")
    allowed: dict[str, Any] = {name: value for name, value in values.items() if name in SETTINGS}
    user = store.lock(User, user_id)
    store.change(actor, user, **allowed)
    return user
