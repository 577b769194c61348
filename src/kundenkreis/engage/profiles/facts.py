"""What the crm says about a linked person: whole states, of which the newest counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import linked
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """All facts about one person: `{name: {"value": …, "purpose": …}}`, and their version."""

    link_id: UUID
    facts: dict[str, dict[str, Any]]
    version: int

    def stamped(self) -> dict[str, dict[str, Any]]:
        """The facts as they are kept: each knows the state it is from."""
        return {name: {**fact, "version": self.version} for name, fact in self.facts.items()}


@command
def set_facts(*, actor: Actor, states: Sequence[PersonFacts]) -> int:
    """Take over states in any order; returns how many profiles changed.

    A person nobody has seen here yet gets a profile of their own, known by the link id only.
    """
    actor.require("engage.profile.change")
    newest: dict[UUID, PersonFacts] = {}
    for state in states:
        if state.link_id not in newest or newest[state.link_id].version < state.version:
            newest[state.link_id] = state
    holders = profiles_of(actor, newest)
    return sum(_take_over(actor, holders[link_id], state) for link_id, state in newest.items())


def profiles_of(actor: Actor, link_ids: Iterable[UUID]) -> dict[UUID, Profile]:
    """The profile behind each link id, locked; made where there is none."""
    wanted = set(link_ids)
    found = linked(wanted)
    missing = [{"link_id": link, "known": True} for link in sorted(wanted - found.keys())]
    made = store.create_many(actor, Profile, missing)
    found |= {profile.link_id: profile.pk for profile in made if profile.link_id}
    rows = store.rows(Profile).select_for_update().filter(pk__in=set(found.values()))
    locked = {profile.pk: profile for profile in rows.order_by("pk")}
    return {link: locked[pk] for link, pk in found.items()}


def _take_over(actor: Actor, profile: Profile, state: PersonFacts) -> bool:
    known = max((fact.get("version", 0) for fact in profile.facts.values()), default=0)
    if state.version <= known:
        return False
    return store.change(actor, profile, facts=state.stamped())
