"""Messages of the crm, done by commands of engage."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kundenkreis.crm.people.events import FactsChanged, ObjectionRecorded
from kundenkreis.engage.consent.commands import record_objection
from kundenkreis.engage.profiles import facts
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
