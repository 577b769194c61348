"""Messages of the crm, done by commands of engage."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kundenkreis.crm.people.events import (
    FactsChanged,
    ObjectionRecorded,
    PersonRestricted,
    PersonsMerged,
    PersonsParted,
)
from kundenkreis.engage.consent.commands import record_objection
from kundenkreis.engage.profiles import commands as profile_commands
from kundenkreis.engage.profiles import facts, unions
from kundenkreis.engage.profiles.facts import PersonFacts
from kundenkreis.kernel.access import system

LINK = system("link")


def set_facts(events: Sequence[FactsChanged]) -> Collection[int]:
    states = [PersonFacts(event.link_id, event.facts, event.version) for event in events]
    facts.set_facts(actor=LINK, states=states)
    return ()


def withdraw(events: Sequence[ObjectionRecorded]) -> Collection[int]:
    """What somebody told staff withdraws their consent in the ledger."""
    for event in events:
        record_objection(
            actor=LINK,
            link_id=event.link_id,
            channel=event.channel,
            purpose=event.purpose,
            at=event.at,
        )
    return ()


def join_people(events: Sequence[PersonsMerged]) -> Collection[int]:
    """Two people whom staff made one are one for marketing, too."""
    for event in events:
        unions.join_people(actor=LINK, link_id=event.link_id, gone=event.gone)
    return ()


def part_people(events: Sequence[PersonsParted]) -> Collection[int]:
    for event in events:
        unions.part_people(actor=LINK, back=event.back)
    return ()


def restrict(events: Sequence[PersonRestricted]) -> Collection[int]:
    """Who is restricted there is not used here either; the last word counts."""
    links = {event.link_id: event.restricted for event in events}
    profile_commands.restrict_profiles(actor=LINK, links=links)
    return ()
