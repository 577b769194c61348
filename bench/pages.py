"""Staff pages over HTTP: list, next page, filter, search, record, board, against an empty page plus their SQL."""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from bench import _company
from bench._http import Client
from bench._processes import cpu, tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._queries import queries_of, run
from bench._tools import Figure, Size, main, measured, percentile

EMPTY = "/health/"
NEXT = re.compile(r'href="(/crm/persons/\?[^"]*after=[^"]+)"')
CLIENTS = 8


def pages(client: Client, persons: int) -> dict[str, str]:
    """Every page that is measured, by its name."""
    second = NEXT.search(client.get("/crm/persons/").text)
    field = f"custom__{_company.RATING}"
    third = NEXT.search(client.get(html.unescape(second[1])).text) if second else None
    return {
        "persons, first page": "/crm/persons/",
        "persons, third page": html.unescape(third[1]) if third else "",
        "persons, newest changes first": "/crm/persons/?sort=-changed_at",
        "persons, filtered": "/crm/persons/?is_customer=1",
        "persons, sorted by a field of one's own": f"/crm/persons/?columns=name,{field}&sort=-{field}",
        "persons, in groups": "/crm/persons/?group=owner_id",
        "persons, searched": "/crm/persons/?q=Bergmann",
        "persons, searched, very many match": "/crm/persons/?q=berg",
        "persons, searched, very many have such a part": "/crm/persons/?q=mann",
        "everything searched": "/search/?q=muelle+berg",
        "person": f"/crm/persons/{persons // 2}/",
        "organisations, first page": "/crm/organisations/",
        "organisation": f"/crm/organisations/{persons // _company.PERSONS_PER_ORGANISATION // 2}/",
        "opportunities, board": "/crm/opportunities/board/",
        "orders, first page": "/crm/orders/",
        "orders, in months": "/crm/orders/?group=placed_at:month",
    }


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        _company.found(options.persons)
        port = free_ports()
        with serving(inner=port) as roles:
            client = Client(host("inner"), port)
            client.log_in(_company.EMAIL, _company.PASSWORD)
            chosen = pages(client, options.persons)
            for name in [name for name, path in chosen.items() if not _works(client, path)]:
                del chosen[name]
                yield Figure(f"{name}: BROKEN", None, met=False)
            server = tree(roles["inner"])
            yield from one_by_one(client, chosen, options.requests, server)
            yield from _all_at_once(client, list(chosen.values()), options.seconds, server)
            yield from _written(client, options.requests, server)
        yield from _changed_in_bulk(int(options.persons), int(options.bulk))


def _works(client: Client, path: str) -> bool:
    return bool(path) and client.get(path).status == 200


def one_by_one(
    client: Client,
    chosen: dict[str, str],
    requests: int,
    server: list[int],
    email: str = _company.EMAIL,
) -> Iterator[Figure]:
    """The pages in turns, each beside an empty page plus its queries."""
    asked = {name: queries_of(host("inner"), path, email) for name, path in chosen.items()}
    took: dict[str, list[float]] = {name: [] for name in ["", *chosen]}
    raw: dict[str, list[float]] = {name: [] for name in chosen}
    work: dict[str, list[float]] = {name: [] for name in ["", *chosen]}
    warming = min(3, requests)
    for turn in range(requests + warming):
        for name, path in [("", EMPTY), *chosen.items()]:
            before, seconds = cpu(server), client.get(path).seconds
            if turn >= warming:
                took[name].append(seconds * 1000)
                work[name].append((cpu(server) - before) * 1000)
                if name:
                    raw[name].append(run(asked[name]) * 1000)
    for name in chosen:
        half, spent = percentile(took[name], 0.5), percentile(work[name], 0.5)
        floor = percentile(took[""], 0.95) + percentile(raw[name], 0.95)
        what = f"{name}: p95 (p50 {half:.0f}, CPU {spent:.0f} ms, {len(asked[name])} queries)"
        value = percentile(took[name], 0.95)
        yield measured(what, value, "ms", floor=floor, at_most=100, times_floor=3)


def _all_at_once(
    client: Client, paths: list[str], seconds: float, server: list[int]
) -> Iterator[Figure]:
    before = cpu(server)
    floor, count = _hammer(client, [EMPTY], seconds / 3)
    least, before = (cpu(server) - before) / max(count, 1), cpu(server)
    rate, count = _hammer(client, paths, seconds)
    spent = (cpu(server) - before) * 1000 / max(count, 1)
    what = f"mix of these pages, {CLIENTS} clients"
    yield measured(what, rate, "/s", floor=floor, at_least=200)
    yield measured(f"{what}: server's CPU per page", spent, "ms", floor=least * 1000)


def _written(client: Client, requests: int, server: list[int]) -> Iterator[Figure]:
    """Persons made by the form, one after the other, each beside an empty page."""
    took: list[float] = []
    spent: list[float] = []
    bare: list[float] = []
    for turn in range(requests):
        values = {"last_name": f"Neu {turn}", "email": f"neu{turn}@kunde.example"}
        values |= {"source": "bench", "legal_basis": "contract", "language": "de"}
        bare.append(client.get(EMPTY).seconds * 1000)
        before = cpu(server)
        answer = client.submit("/crm/persons/new/", values)
        if answer.status != 302:
            raise RuntimeError(f"no person was made: {answer.status}")
        took.append(answer.seconds * 1000)
        spent.append((cpu(server) - before) * 1000)
    half, work = percentile(took, 0.5), percentile(spent, 0.5)
    what = f"person, made: p95 (p50 {half:.0f}, CPU {work:.0f} ms with its form)"
    floor = percentile(bare, 0.95)
    yield measured(what, percentile(took, 0.95), "ms", floor=floor, at_most=100)


def _changed_in_bulk(persons: int, count: int) -> Iterator[Figure]:
    """As the worker changes many, with right, rule, audit, index and undo of each; floor: SQL."""
    from django.db import connection

    from kundenkreis.kernel.access import system
    from kundenkreis.records import named, working
    from kundenkreis.records.bulk import commands
    from kundenkreis.records.bulk.changes import Change
    from kundenkreis.records.jobs import go_on_with_bulk
    from kundenkreis.records.lists.selection import Selection
    from kundenkreis.records.models import BulkRun

    below = max(1, count * _company.RATINGS // persons)
    field = f"custom__{_company.RATING}"
    compared = {"type": "compare", "field": field, "op": "lt", "value": below}
    where = json.dumps({"v": 1, "where": compared})
    kind, actor = named("person"), system("bench")
    with connection.cursor() as cursor:
        began = time.monotonic()
        table = kind.model._meta.db_table
        cursor.execute(f"UPDATE {table} SET source = 'bare' WHERE id <= %s", [count])  # noqa: S608
        floor = time.monotonic() - began
    began, used = time.monotonic(), time.process_time()
    chosen = Selection(query=urlencode({"where": where}))
    run = commands.begin(kind, actor, Change({"source": "bulk"}), chosen, go_on_with_bulk)
    while working.go_on(kind.side, run.pk, actor, model=BulkRun):
        pass
    run.refresh_from_db()
    used = time.process_time() - used
    words = f"{run.counts.get('changed', 0)} of {run.total} persons changed (CPU {used:.1f} s)"
    yield measured(words, time.monotonic() - began, "s", floor=floor)


def _hammer(client: Client, paths: Sequence[str], seconds: float) -> tuple[float, int]:
    """Requests per second of several connections at once, and how many there were."""
    counts: list[int] = []
    clients = [client.another() for _ in range(CLIENTS)]
    end = time.monotonic() + seconds

    def ask(client: Client, place: int) -> None:
        done = 0
        while time.monotonic() < end:
            done += client.get(paths[(place + done) % len(paths)]).status == 200
        counts.append(done)

    threads = [threading.Thread(target=ask, args=(one, place)) for place, one in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds, sum(counts)


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            persons=Size(1_000_000, 300, "persons in the crm database"),
            bulk=Size(10_000, 100, "persons changed at once"),
            requests=Size(60, 1, "requests of each page"),
            seconds=Size(10.0, 0.5, "seconds of all pages at once"),
        )
    )
