"""Whatever the link does to its messages, in the end both sides hold what the messages say."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from kundenkreis.kernel import clock
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH
from kundenkreis.link import applying, receiving, routes
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.tests import notes
from tests.properties.link_script import SCRIPTS, TRANSPORT_SCRIPTS, Play, World

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
HUNT = settings(
    max_examples=300, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """Play a script in a fresh world, with routes that can be made to fail."""
    real = {**routes.ROUTES, notes.NAME: notes.write_notes}

    def run(script: Any) -> list[str]:
        with clock.freeze("2026-11-21T12:00:00Z") as frozen:
            world = World(frozen)
            for name, route in real.items():
                monkeypatch.setitem(routes.ROUTES, name, world.breaking(route))
            return world.play(script)

    sizes = dict(applying._size)
    yield run
    applying._size.update(sizes)


@settings(
    max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET
)
@given(script=SCRIPTS)
def test_duplicates_delays_and_failures_change_nothing_in_the_end(play: Play, script: Any) -> None:
    assert play(script) == []


def test_a_cancellation_before_its_order_finds_it_later(play: Play) -> None:
    script = [("cancel", 0, 1), ("receive", Side.CRM, 4), ("apply", Side.CRM, 4), ("order", 1, 1)]
    assert play(script) == []


def goes_wrong(play: Play) -> bool:
    """Whether Hypothesis finds a script after which the sides differ."""
    try:
        find(TRANSPORT_SCRIPTS, lambda script: bool(play(script)), settings=HUNT)
    except NoSuchExample:
        return False
    return True


def test_control_without_the_uuid_a_message_counts_twice(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(message: OutboxMessage) -> InboxMessage:
        row = real(message)
        row.uuid = uuid.uuid4()
        return row

    real = receiving._received
    monkeypatch.setattr(receiving, "_received", forgetful)
    assert goes_wrong(play)


def test_control_without_waiting_for_earlier_ones_the_order_is_lost(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(target: Side, rows: QuerySet[InboxMessage]) -> QuerySet[InboxMessage]:
        return rows.filter(state="waiting", due_at__lte=clock.now()).order_by("id")

    monkeypatch.setattr(applying, "due", hasty)
    assert goes_wrong(play)


def test_control_without_the_savepoint_a_failed_message_leaves_its_effect(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(target: Side, name: str, group: list[InboxMessage]) -> list[InboxMessage]:
        route = routes.ROUTES[name]
        early = route([applying.decode(name, message.payload) for message in group])
        return [group[position] for position in early]

    monkeypatch.setattr(applying, "_effect", bare)
    assert goes_wrong(play)
