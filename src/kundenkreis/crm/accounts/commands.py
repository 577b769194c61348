"""Letting staff in, and their settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting, shipped
from kundenkreis.crm.accounts.models import Role, Team, User
from kundenkreis.crm.accounts.staff_commands import taken
from kundenkreis.crm.accounts.undertaking_commands import ship_undertaking
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

SETTINGS = ("language", "theme", "zone", "edits_lists", "single_keys")


@command
def create_shipped_roles(*, actor: Actor) -> dict[str, Role]:
    """Make the roles every installation starts with; existing ones get what came with this version.

    A right that an administrator has taken from a role, or set otherwise, stays so.
    """
    actor.require("crm.role.change")
    have = {role.slug: role for role in store.rows(Role).all()}
    for slug, role in shipped.ROLES.items():
        if slug not in have:
            have[slug] = store.create(
                actor, Role, slug=slug, label={"de": role.de, "en": role.en},
                grants=role.grants, fields=role.fields, needs_end=role.needs_end,
                shipped=sorted(role.grants),
            )  # fmt: skip
        elif fresh := role.grants.keys() - set(have[slug].shipped):
            _bring(actor, have[slug].pk, {right: role.grants[right] for right in fresh})
    return have


def _bring(actor: Actor, role_id: int, fresh: dict[str, str]) -> None:
    """Give a role the rights that it has never been shipped with."""
    role = store.lock(Role, role_id)
    store.change(
        actor, role, grants={**fresh, **role.grants}, shipped=sorted({*role.shipped, *fresh})
    )


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
    until: date | None = None,
) -> User:
    """Make a member of staff. Without a password nobody can log in as them.

    Raises `DomainError` when the e-mail address is taken, for a role that does not exist, for rights
    beyond the actor's own, and for a role that needs a last day (`until`).
    """
    actor.require("crm.user.create")
    email = email.strip().lower()
    if store.rows(User).filter(email__iexact=email).exists():
        raise taken()
    chosen = _named(roles)
    granting.require_grant(actor, chosen)
    granting.require_teams(actor, (), wanted_teams := list(teams))
    granting.require_end(chosen, until)
    user = store.create(
        actor,
        User,
        email=email,
        name=name,
        password=make_password(password),
        language=language,
        is_active=is_active,
        joined_at=clock.now(),
        until=until,
    )
    store.assign(actor, user, roles=chosen, teams=wanted_teams)
    return user


def _named(slugs: Iterable[str]) -> list[Role]:
    """The roles of these names. Raises `DomainError` when there is none of a name."""
    wanted, known = list(slugs), {role.slug: role for role in store.rows(Role).all()}
    if unknown := [slug for slug in wanted if slug not in known]:
        raise DomainError(
            _("There is no role “%(name)s”.") % {"name": unknown[0]},
            hint=_("These exist: %(names)s.") % {"names": ", ".join(sorted(known))},
        )
    return [known[slug] for slug in dict.fromkeys(wanted)]


@command
def create_first_administrator(
    *, actor: Actor, email: str, name: str, password: str, language: str = "de"
) -> User:
    """Make the first user of a new installation, an administrator.

    Raises `DomainError` when there is a user already.
    """
    create_shipped_roles(actor=actor)
    ship_undertaking(actor=actor)
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
    """Change one's own language, theme or time zone, whether lists open for editing, or single keys count."""
    if actor.user_id != user_id:
        actor.require("crm.user.change")
    allowed: dict[str, Any] = {name: value for name, value in values.items() if name in SETTINGS}
    user = store.lock(User, user_id)
    store.change(actor, user, **allowed)
    return user
