"""The segment engine by itself: events followed per CPU second, and queries per batch, which must not grow."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench._audience import gather
from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured

BATCH = 1000
# One more query for the same batch is a decision, not an accident.
PINNED_QUERIES = {"sqlite": 11, "postgresql": 12}


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    pinned = PINNED_QUERIES["postgresql" if options.postgresql else "sqlite"]
    with temporary_home(options.postgresql):
        set_up()
        gather(options.profiles, options.events)
        rounds = options.rounds
        _move_back(2 * rounds * BATCH)
        spent, queries = _follow(rounds)
        _, small = _follow(1, BATCH // 10)
        floor = _raw(rounds)
        _add_segments(options.segments)
        _move_back(2 * rounds * BATCH)
        more, more_queries = _follow(rounds)
    each, floor_each = BATCH * rounds / spent, BATCH * rounds / floor
    yield measured("events followed for 4 segments, per CPU second", each, "/s", floor=floor_each,
                   at_least=4000)  # fmt: skip
    words = f"the same for {4 + options.segments} segments"
    yield measured(words, BATCH * rounds / more, "/s", floor=floor_each)
    words = f"queries for a batch of {BATCH} events"
    yield measured(words, queries, at_most=pinned)
    yield measured(f"queries for a batch of {BATCH // 10} events", small, at_most=queries)
    yield measured(f"{words}, {4 + options.segments} segments", more_queries)


def _follow(rounds: int, batch: int = BATCH) -> tuple[float, int]:
    """CPU seconds of following so many batches; the most queries one of them took."""
    from kundenkreis.engage.segments.commands import consume_events

    spent, most = 0.0, 0
    for _ in range(rounds):
        with _counting() as counted:
            began = time.process_time()
            if consume_events(batch) != batch:
                raise RuntimeError("the log was too short")
            spent += time.process_time() - began
        most = max(most, len(counted))
    return spent, most


@contextmanager
def _counting() -> Iterator[list[str]]:
    """Collects the SELECTs meanwhile; writes follow what changed, which is no constant."""
    from django.db import connections

    found: list[str] = []

    def note(execute, sql, parameters, many, context):  # type: ignore[no-untyped-def]
        if sql.startswith("SELECT"):
            found.append(sql)
        return execute(sql, parameters, many, context)

    with connections["engage"].execute_wrapper(note):
        yield found


def _move_back(events: int) -> None:
    """Let the follower read the last events of the log again."""
    from django.db import connections

    from kundenkreis.engage.segments.following import READER
    from kundenkreis.engage.tracking.models import Event

    newest = Event.objects.order_by("-id").values_list("id", flat=True)[0]
    with connections["engage"].cursor() as cursor:
        sql = 'UPDATE kernel_cursor SET "row" = %s WHERE name = %s'
        cursor.execute(sql, [max(0, newest - events), READER])


def _raw(rounds: int) -> float:
    """CPU seconds for what any follower must do: read the events and what those people did."""
    from django.db import connections

    from kundenkreis.engage.tracking.models import Event

    newest = Event.objects.order_by("-id").values_list("id", flat=True)[0]
    began = time.process_time()
    with connections["engage"].cursor() as cursor:
        for number in range(rounds):
            cursor.execute(
                "SELECT id, profile_id, type, key, occurred_at FROM engage_tracking_event "
                "WHERE id > %s ORDER BY id LIMIT %s",
                [newest - (number + 1) * BATCH, BATCH],
            )
            people = {row[1] for row in cursor.fetchall()}
            places = ", ".join(["%s"] * len(people))
            for columns, table in (
                ("profile_id, type, occurred_at, key", "engage_tracking_event"),
                ("*", "engage_segments_membership"),
            ):
                sql = f"SELECT {columns} FROM {table} WHERE profile_id IN ({places})"  # noqa: S608
                cursor.execute(sql, [*people])
                cursor.fetchall()
    return time.process_time() - began


def _add_segments(count: int) -> None:
    """More segments over the same kinds of events, each with another window."""
    from kundenkreis.engage.segments.commands import create_segment
    from kundenkreis.engage.segments.definitions import definition_of
    from kundenkreis.engage.segments.nodes.counting import Performed
    from kundenkreis.engage.segments.nodes.selecting import Selector
    from kundenkreis.engage.segments.templates import hours
    from kundenkreis.kernel.access import system

    for number in range(count):
        kind = ("Page Viewed", "Product Viewed", "Product Added")[number % 3]
        tree = Performed(Selector(kind, hours(1 + number)), "gte", 1 + number % 4)
        create_segment(
            actor=system("bench"), name={"en": f"S{number}"}, definition=definition_of(tree),
            activate=True,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            profiles=Size(100_000, 1_000, "profiles"),
            events=Size(1_000_000, 20_000, "events in the log"),
            rounds=Size(10, 1, "batches of 1,000 events"),
            segments=Size(40, 4, "further segments"),
        )
    )
