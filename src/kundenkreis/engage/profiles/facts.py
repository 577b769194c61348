"""What the crm says about a linked person: whole states, of which the newest counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kundenkreis.engage.profiles.events import FactsReceived, ProfilesIdentified
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import audit, bulk, clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.events import publish


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
    for state in sorted(states, key=lambda state: state.version):
        newest[state.link_id] = state
    changed = []
    for link_id, profile in _profiles(actor, newest).items():
        state = newest[link_id]
        if state.version > _version(profile):
            changed.append((profile, state.stamped()))
    _write(actor, changed)
    if changed:
        publish(FactsReceived(tuple(profile.pk for profile, _ in changed)))
    return len(changed)


def _profiles(actor: Actor, link_ids: Iterable[UUID]) -> dict[UUID, Profile]:
    """The profiles with these link ids, locked; made where there is none.

    A profile that was merged into another keeps the facts of its own link id: the crm still has
    two persons, and neither's state is newer than the other's.
    """
    wanted = set(link_ids)
    rows = store.rows(Profile).select_for_update().filter(link_id__in=wanted)
    found = {profile.link_id: profile for profile in rows.order_by("pk") if profile.link_id}
    missing = sorted(wanted - found.keys())
    new = [{"link_id": link_id, "known": True} for link_id in missing]
    made = store.create_many(actor, Profile, new)
    if made:
        publish(ProfilesIdentified(tuple(profile.pk for profile in made)))
    return found | dict(zip(missing, made, strict=True))


def _version(profile: Profile) -> int:
    return max((fact.get("version", 0) for fact in profile.facts.values()), default=0)


def _write(actor: Actor, changed: Sequence[tuple[Profile, dict[str, Any]]]) -> None:
    """What `store.change` does, for many profiles with a value each."""
    now = clock.now()
    rows = [(profile.pk, facts, profile.version + 1, now) for profile, facts in changed]
    bulk.update(Profile, ("id", "facts", "version", "changed_at"), rows)
    audit.record(
        actor,
        [("change", profile, {"facts": [profile.facts, facts]}) for profile, facts in changed],
    )
