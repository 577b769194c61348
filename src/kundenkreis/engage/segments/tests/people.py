"""A few people and what they did, for the tests of this context."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import commands
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import store
from kundenkreis.kernel.conditions import Node
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def people(n: int, **values: Any) -> list[int]:
    """Make profiles; returns their ids."""
    with store.group(Side.ENGAGE):
        return [made.pk for made in store.create_many(SYSTEM, Profile, [values] * n)]


def did(who: int, what: str, *, ago: timedelta = timedelta(0), key: str = "", **more: Any) -> None:
    """Write one event of a person to the log."""
    event = {"value_minor": None, "currency": "", "properties": {}, **more}
    with store.group(Side.ENGAGE):
        store.append(
            Event,
            [
                Event(
                    source_id=1,
                    message_id="m",
                    profile_id=who,
                    type=what,
                    key=key,
                    occurred_at=NOW - ago,
                    received_at=NOW,
                    **event,
                )
            ],
        )


def segment(tree: Node, **values: Any) -> Segment:
    """An active segment whose membership is up to date."""
    made = commands.create_segment(
        actor=SYSTEM, name={"en": "Test"}, definition=definition_of(tree), activate=True, **values
    )
    commands.refresh_segment(made.pk)
    made.refresh_from_db()
    return made


def follow_events(n: int) -> None:
    """Follow exactly `n` events of the log.

    On PostgreSQL the log ends before the oldest transaction of the whole server that is still
    running, also of other databases; then it takes a moment.
    """
    done, deadline = 0, time.monotonic() + 60
    while done < n and time.monotonic() < deadline:
        done += (found := commands.consume_events())
        if not found:
            time.sleep(0.02)
    assert done == n


def members(one: Segment) -> set[int]:
    rows = Membership.objects.filter(segment_id=one.pk)
    return set(rows.values_list("profile_id", flat=True))
