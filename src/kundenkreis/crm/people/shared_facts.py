"""Telling engage what it may know of a linked person: facts, each with its purpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.people.events import FactsChanged
from kundenkreis.crm.people.models import Person, SharedFacts
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.events import publish_all

Facts = dict[str, dict[str, Any]]


def lock_persons(person_ids: set[int]) -> dict[int, Person]:
    """Hold the persons until the transaction ends, so that their facts are counted in turn."""
    people = store.rows(Person).select_for_update().filter(pk__in=person_ids)
    return {person.pk: person for person in people.order_by("pk")}


@command
def share_facts(*, actor: Actor, facts: Mapping[int, Facts]) -> int:
    """Keep new facts per person id and publish what changed; returns how many persons changed.

    Facts of other names stay. The persons must be locked (`lock_persons`) before their facts are
    computed; people without a link id are kept up to date too, but nothing crosses for them.
    """
    actor.require("crm.person.change")
    people = lock_persons(set(facts))
    rows = store.rows(SharedFacts).filter(pk__in=people)
    known = {row.pk: row for row in rows}
    fresh = [row for pk in people if (row := _newer(pk, known.get(pk), facts[pk]))]
    store.discard(rows.filter(pk__in=[row.pk for row in fresh]))
    store.append(SharedFacts, fresh)
    publish_all(_told(people[row.pk], row) for row in fresh if people[row.pk].link_id)
    return len(fresh)


def publish_facts(person: Person) -> None:
    """Tell engage all facts of a person who has just been linked."""
    row = store.rows(SharedFacts).filter(pk=person.pk).first()
    if row is not None:
        publish_all([_told(person, row)])


def _newer(pk: int, known: SharedFacts | None, facts: Facts) -> SharedFacts | None:
    """The person's next state, or None when nothing is new."""
    if known is None:
        return SharedFacts(person_id=pk, facts=facts, version=1)
    merged = {**known.facts, **facts}
    if merged == known.facts:
        return None
    return SharedFacts(person_id=pk, facts=merged, version=known.version + 1)


def _told(person: Person, row: SharedFacts) -> FactsChanged:
    assert person.link_id is not None  # noqa: S101 - the callers look
    return FactsChanged(link_id=person.link_id, facts=row.facts, version=row.version)
