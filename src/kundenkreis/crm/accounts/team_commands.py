"""Teams as a tree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting
from kundenkreis.crm.accounts.models import Team
from kundenkreis.crm.accounts.queries import teams_below
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError


@command
def found_team(*, actor: Actor, name: str, parent: Team | None = None) -> Team:
    """Make a team. Raises `DomainError` when there is one of this name."""
    _require(actor, "create")
    if store.rows(Team).filter(name=name).exists():
        raise _taken()
    return store.create(actor, Team, name=name, parent=parent)


@command
def change_team(*, actor: Actor, team_id: int, name: str, parent: Team | None) -> Team:
    """Rename a team, or move it in the tree. Raises `NotFound`; `DomainError` for a loop, and where
    somebody would pull a team that is not theirs below their own."""
    _require(actor, "change")
    team = store.lock(Team, team_id)
    if parent is not None and parent.pk in {team_id, *teams_below(frozenset({team_id}))}:
        raise DomainError(
            _("A team cannot be below itself."),
            _("The team you chose is this one, or one below it."),
            _("Choose another one."),
            field="parent",
        )
    if parent is not None and parent.pk != team.parent_id and _is_of(actor, parent):
        granting.require_teams(actor, (), [team])
    if store.rows(Team).filter(name=name).exclude(pk=team_id).exists():
        raise _taken()
    store.change(actor, team, name=name, parent=parent)
    return team


def _require(actor: Actor, action: str) -> None:
    # Who moves teams decides what everybody in them sees.
    if actor.level(f"crm.team.{action}") is not Level.ALL:
        raise actor.refusal(f"crm.team.{action}")


def _is_of(actor: Actor, team: Team) -> bool:
    """Whether the actor reaches what is below a team."""
    return team.pk in actor.team_ids | actor.below


def _taken() -> DomainError:
    return DomainError(_("There is a team of this name already."), field="name")
