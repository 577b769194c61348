"""Teams as a tree: who leads a team reaches the records of the teams below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kundenkreis.crm.accounts.commands import create_team, create_user
from kundenkreis.crm.accounts.models import Role, Team
from kundenkreis.crm.accounts.queries import teams_below, viewer_of
from kundenkreis.crm.accounts.team_commands import change_team
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.queries import persons
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import CRM, SYSTEM
from kundenkreis.records import named
from kundenkreis.records.search.finding import searched


def reachable_by_climbing(teams: list[Team], own: set[int]) -> set[int]:
    """The oracle: a team is below ours when one of ours is among its ancestors."""
    parents = {team.pk: team.parent_id for team in teams}

    def ancestors(pk: int) -> set[int]:
        found: set[int] = set()
        at = parents[pk]
        while at is not None and at not in found:
            found.add(at)
            at = parents[at]
        return found

    return {pk for pk in parents if ancestors(pk) & own} - own


class AnyTree(TestCase):
    databases = set(CRM)

    @given(st.lists(st.integers(min_value=-1, max_value=11), min_size=1, max_size=12), st.data())
    def test_the_teams_below_are_those_that_climb_to_ours(
        self, parents: list[int], data: st.DataObject
    ) -> None:
        teams: list[Team] = []
        for number, parent in enumerate(parents):
            above = teams[parent % len(teams)] if teams and parent >= 0 else None
            teams.append(create_team(actor=SYSTEM, name=f"T{number}", parent=above))
        own = frozenset(data.draw(st.sets(st.sampled_from([team.pk for team in teams]))))
        assert teams_below(own) == reachable_by_climbing(teams, set(own))


@pytest.mark.django_db(databases=CRM)
def test_nobody_pulls_a_strange_team_below_their_own() -> None:
    """Who leads a team reaches what is below it: only who may do everything widens that."""
    south, other = (create_team(actor=SYSTEM, name=name) for name in ("South", "Other"))
    below = create_team(actor=SYSTEM, name="Below", parent=south)
    with store.group(Side.CRM, "test"):
        grants = {"crm.team.*": "all", "crm.person.*": "tree"}
        store.create(SYSTEM, Role, slug="lead", label={"en": "Lead"}, grants=grants)
    lead = create_user(
        actor=SYSTEM, email="lead@example.org", name="Lea", roles=["lead"], teams=[south]
    )
    for parent in (south, below):
        with pytest.raises(DomainError, match="not one of your teams"):
            change_team(actor=viewer_of(lead), team_id=other.pk, name="Other", parent=parent)
    assert viewer_of(lead).below == {below.pk}
    change_team(actor=viewer_of(lead), team_id=other.pk, name="Others", parent=None)
    change_team(actor=viewer_of(lead), team_id=below.pk, name="Below", parent=other)  # gives away
    change_team(actor=SYSTEM, team_id=other.pk, name="Other", parent=south)  # the control
    assert viewer_of(lead).below == {below.pk, other.pk}


@pytest.mark.django_db(databases=CRM)
def test_a_lead_reads_finds_and_counts_their_teams_and_those_below_and_no_other() -> None:
    sales = create_team(actor=SYSTEM, name="Sales")
    south = create_team(actor=SYSTEM, name="South", parent=sales)
    other = create_team(actor=SYSTEM, name="Other")
    with store.group(Side.CRM, "test"):
        store.create(
            SYSTEM, Role, slug="lead", label={"en": "Lead"}, grants={"crm.person.*": "tree"}
        )
        for team in (sales, south, other, None):
            name = team.name if team else "Nobody"
            store.create(SYSTEM, Person, last_name=f"Weiß {name}", team_id=team and team.pk)
    lead = create_user(
        actor=SYSTEM, email="lead@example.org", name="Lea", password="drei bunte Vögel",
        roles=["lead"], teams=[sales],
    )  # fmt: skip
    viewer = viewer_of(lead)
    kind = named("person")
    expected = {"Weiß Sales", "Weiß South"}
    assert {str(one) for one in persons(viewer)} == expected
    assert {str(one) for one in searched(kind, viewer, kind.rows(viewer), "weiss")} == expected
