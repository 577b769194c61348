"""The decision endpoint alone: first answer (which assigns), later answers, people in no segment."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench._audience import Audience, gather, visitor
from bench._http import Client
from bench._probe import decision
from bench._processes import cpu, tree
from bench._product import free_ports, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile

EMPTY = "/health/"


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        audience = gather(options.profiles, 10 * options.profiles)
        members = _members(audience, options.decisions)
        port = free_ports()
        with serving(edge=port) as roles:
            client, server = Client("localhost", port), tree(roles["edge"])
            for _ in range(20):
                decision(client, audience.key, "nobody")
            raw = [_raw(audience, pk) for pk in members]

            def ask(pk: int) -> float:
                return decision(client, audience.key, visitor(pk))[0]

            others = [pk for pk in range(1, len(members) + 1) if pk not in set(members)]
            last = members.pop()  # asked for in this process only, to count
            for words, people, one in (
                ("first, which assigns", members, last),
                ("again", members, last),
                ("for somebody in no segment", others, others[0]),
            ):
                yield from _timed(words, people, ask, client, server, raw)
                yield measured(f"queries of a decision {words}", _queries(audience, one))


def _timed(
    words: str,
    people: list[int],
    ask: Callable[[int], float],
    client: Client,
    server: list[int],
    raw: list[float],
) -> Iterator[Figure]:
    """Decisions, each beside an empty page of the same server."""
    took: list[float] = []
    empty: list[float] = []
    work: list[float] = []
    for pk in people:
        empty.append(client.get(EMPTY).seconds)
        before = cpu(server)
        took.append(ask(pk))
        work.append(cpu(server) - before)
    floor = percentile(empty, 0.95) + percentile(raw, 0.95)
    half, spent = percentile(took, 0.5) * 1000, percentile(work, 0.5) * 1000
    what = f"decision {words}: p95 (p50 {half:.1f}, CPU {spent:.1f} ms)"
    yield measured(what, percentile(took, 0.95) * 1000, "ms", floor=floor * 1000, at_most=20)


def _queries(audience: Audience, pk: int) -> int:
    """Reads and writes of one answer, counted in this process."""
    from django.db import connections

    from kundenkreis.edge.offers.answers import offers_for
    from kundenkreis.engage.campaigns.queries import running_campaigns
    from kundenkreis.engage.tracking.queries import reporting_sources

    source = next(iter(reporting_sources().values()))
    running = running_campaigns()  # the server reads them once a second
    found = 0

    def note(execute, sql, parameters, many, context):  # type: ignore[no-untyped-def]
        nonlocal found
        found += 1
        return execute(sql, parameters, many, context)

    with connections["engage"].execute_wrapper(note):
        offers_for(source, visitor(pk), "en", lambda: running)
    return found


def _members(audience: Audience, most: int) -> list[int]:
    from kundenkreis.engage.segments.models import Membership

    rows = Membership.objects.filter(segment_id=audience.cart).order_by("id")
    return list(rows.values_list("profile_id", flat=True)[:most])


def _raw(audience: Audience, pk: int) -> float:
    """Seconds for what must at least be asked: who is it, in which segments, seen what before?"""
    from django.db import connections

    began = time.perf_counter()
    with connections["engage"].cursor() as cursor:
        cursor.execute(
            "SELECT profile_id FROM engage_profiles_identifier "
            "WHERE namespace = 'bench' AND kind = 'anonymous' AND value = %s",
            [visitor(pk)],
        )
        cursor.fetchall()
        for table in (
            "engage_segments_membership",
            "engage_campaigns_assignment",
            "engage_campaigns_exposure",
        ):
            cursor.execute(f"SELECT * FROM {table} WHERE profile_id = %s", [pk])  # noqa: S608
            cursor.fetchall()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            profiles=Size(100_000, 2_000, "profiles, with ten events each"),
            decisions=Size(400, 20, "people asked for"),
        )
    )
