"""Who may give whom which rights: nobody more than they have themselves, and never the last key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts.models import Role, Team, User
from kundenkreis.crm.accounts.queries import Grants, field_rights, levels_of
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.errors import DomainError

EVERYTHING = "*.*.*"
MOST_ROLES = 1_000
Fields = Mapping[str, Mapping[str, str]]


def may_grant(actor: Actor, grants: Mapping[str, str], fields: Fields) -> bool:
    """Whether the actor has all of these rights, to no fewer fields, as widely."""
    wanted = levels_of(grants)
    if not all(_has(actor.grants, right, level) for right, level in wanted.items()):
        return False
    hidden, locked = field_rights([(wanted, fields)])
    for subject, names in actor.hidden.items():
        if _reads(wanted, subject) and not names <= hidden.get(subject, frozenset()):
            return False
    for subject, names in actor.locked.items():
        kept = hidden.get(subject, frozenset()) | locked.get(subject, frozenset())
        if _reads(wanted, subject) and not names <= kept:
            return False
    return True


def require_grant(actor: Actor, roles: Iterable[Role]) -> None:
    """Raise `DomainError` for a role that gives more than the actor has."""
    for role in roles:
        if not may_grant(actor, role.grants, role.fields):
            raise too_much()


def require_person(actor: Actor, user: User) -> None:
    """Raise `DomainError` for a member of staff with more rights than the actor, or in teams that
    are not the actor's: whoever acts on their account could act as them."""
    require_grant(actor, user.roles.all())
    require_teams(actor, user.teams.all(), ())


def does_all(actor: Actor) -> bool:
    """Whether the actor may do everything: who may let anybody in anyway."""
    return _has(actor.grants, EVERYTHING, Level.ALL)


def not_oneself(actor: Actor, user_id: int) -> None:
    """Raise `DomainError` where somebody would do to their own account what others do for them."""
    if user_id == actor.user_id:
        raise DomainError(
            _("This is your own account."), hint=_("Ask another administrator to do it.")
        )


def too_much() -> DomainError:
    """Why somebody may not give these rights."""
    return DomainError(
        _("This would give more rights than you have yourself."),
        _("Nobody can give, or take, rights that they do not have."),
        _("Ask an administrator to do it."),
        field="roles",
    )


def require_teams(actor: Actor, before: Iterable[Team], after: Iterable[Team]) -> None:
    """Raise `DomainError` for joining or leaving teams beyond the actor's own ones and those below."""
    changed = {team.pk for team in before} ^ {team.pk for team in after}
    if not (does_all(actor) or changed <= actor.team_ids | actor.below):
        raise DomainError(
            _("This is not one of your teams."),
            _("Who is in a team works with its records."),
            _("Ask an administrator to do it."),
            field="teams",
        )


def require_end(roles: Iterable[Role], until: date | None) -> None:
    """Raise `DomainError` when a role is for a time and no last day is named."""
    if until is None and any(role.needs_end for role in roles):
        raise DomainError(
            _("This role needs a last day."),
            _("It lets somebody in for a time only."),
            _("Enter the last day on which they may log in."),
            field="until",
        )


def hold_keys() -> None:
    """Let nobody else change who may what until the transaction ends: two who take each other's
    last key at the same moment come one after the other."""
    list(store.rows(Role).order_by("pk").select_for_update())


def require_administrator() -> None:
    """Raise `DomainError` when there would be nobody left who may do everything, without an end."""
    if not administrators().exists():
        raise DomainError(
            _("Then nobody could administer this installation any more."),
            _("One active member of staff must have the right to everything, without a last day."),
            _("Make somebody else an administrator first."),
            field="roles",
        )


def administrators() -> QuerySet[User]:
    """Who may do everything, without an end: they give rights to others."""
    keys = [role.pk for role in Role.objects.all()[:MOST_ROLES] if _is_key(role)]
    active = User.objects.filter(roles__in=keys, is_active=True, until__isnull=True)
    return active.order_by("name", "id").distinct()


def _is_key(role: Role) -> bool:
    return bool(role.grants.get(EVERYTHING) == "all") and not role.needs_end and not role.fields


def _has(grants: Grants, right: str, level: Level) -> bool:
    """Whether a right, which may be a pattern itself, is among the grants at least so widely."""
    parts = right.split(".")
    return level is Level.NONE or any(
        given >= level
        and all(a in ("*", b) for a, b in zip(pattern.split("."), parts, strict=True))
        for pattern, given in grants.items()
    )


def _reads(grants: Grants, subject: str) -> bool:
    side, kind = subject.split(".")
    return any(
        level > Level.NONE
        and all(a in ("*", b) for a, b in zip(right.split(".")[:2], (side, kind), strict=True))
        for right, level in grants.items()
    )
