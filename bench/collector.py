"""Events a real edge stores durably: one per request, in batches, and what the disk allows."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench._processes import cpu, tree
from bench._product import free_ports, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, say

GROUP = 64
FLOOR_SECONDS = 2.0
ROW = ("a message of thirty-six letters, more", 4711, "Product Added", '{"cart_id": "c1"}')
TABLE = "CREATE TABLE floor (id text PRIMARY KEY, who bigint, kind text, properties text)"


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql) as home:
        set_up()
        key = shop(options.visitors)
        port = free_ports()
        with serving(edge=port) as roles:
            edge = tree(roles["edge"])
            saturate(port, key, options, name="warm", batch=1, seconds=1)
            single = floor(home, 1)
            grouped = floor(home, GROUP)
            one = run(edge, port, key, options, name="single", batch=1)
            many = run(edge, port, key, options, name="batch", batch=options.batch)
    yield measured(f"raw commits of one row (groups of {GROUP}: rows)", grouped, "/s", floor=single)
    yield measured("events stored, one per request", one["per_second"], "/s",
                   floor=grouped, at_least=2_000)  # fmt: skip
    yield measured(f"answer p95 with {options.connections} connections (p50 {one['p50']:.1f} ms)",
                   one["p95"], "ms", floor=1000 / single, at_most=50)  # fmt: skip
    yield measured(f"events stored, {options.batch} per request", many["per_second"], "/s",
                   floor=grouped, at_least=10_000)  # fmt: skip
    for what, figures in (("one per request", one), (f"{options.batch} per request", many)):
        yield measured(f"CPU of the edge per event, {what}", figures["edge"], "µs")


def shop(visitors: int) -> str:
    """A website whose visitors all agreed; its write key."""
    from kundenkreis.engage.consent.commands import Statement, record_statements
    from kundenkreis.engage.consent.shipped import WEB_ANALYTICS
    from kundenkreis.engage.tracking.commands import create_source
    from kundenkreis.kernel import clock
    from kundenkreis.kernel.access import system

    actor, now = system("bench"), clock.now()
    _, key = create_source(
        actor=actor,
        name="Bench",
        kind="browser",
        namespace="bench",
        purpose=WEB_ANALYTICS,
        origins=["https://shop.example"],
    )
    said = [
        Statement("anonymous", f"v{number}", WEB_ANALYTICS, "web", True, now, "web", "", "bench")
        for number in range(visitors)
    ]
    for start in range(0, visitors, 500):
        record_statements(actor=actor, statements=said[start : start + 500])
    return key


def run(
    edge: list[int], port: int, key: str, options: argparse.Namespace, *, name: str, batch: int
) -> dict[str, Any]:
    """Saturate the collector, and see what that cost it."""
    before = cpu(edge)
    figures = saturate(port, key, options, name=name, batch=batch, seconds=options.seconds)
    used = cpu(edge) - before
    figures["edge"] = used / max(1, figures["events"]) * 1e6
    say(
        f"{name}: answers {figures['statuses']}, CPU of the edge {used:.1f} s, "
        f"of the load {figures['cpu']:.1f} s" + (", ran dry" if figures["ran_dry"] else "")
    )
    return figures


def saturate(
    port: int, key: str, options: argparse.Namespace, *, name: str, batch: int, seconds: float
) -> dict[str, Any]:
    """Run the load in its own process."""
    arguments = {
        "port": port, "key": key, "name": f"{name}-{os.getpid()}", "batch": batch,
        "seconds": seconds, "visitors": options.visitors,
        "connections": options.connections if batch == 1 else min(16, options.connections),
        "most": int(seconds * (8_000 if batch == 1 else 30_000)),
    }  # fmt: skip
    pairs = [part for name, value in arguments.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "bench._saturation", *pairs]
    found: dict[str, Any] = json.loads(subprocess.check_output(command, timeout=300))
    return found


def floor(home: Path, size: int) -> float:
    """Rows per second that the database commits durably in groups of this size, without us."""
    address = os.environ.get("KUNDENKREIS_ENGAGE_DATABASE")
    return _postgresql(address, size) if address else _sqlite(home / f"floor-{size}.sqlite3", size)


def _sqlite(path: Path, size: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(TABLE)

    def commit(rows: list[tuple[object, ...]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO floor VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")

    try:
        return _rate(commit, size)
    finally:
        connection.close()


def _postgresql(address: str, size: int) -> float:
    import psycopg

    with psycopg.connect(address) as connection:
        connection.execute("DROP TABLE IF EXISTS floor")
        connection.execute(TABLE)
        connection.commit()

        def commit(rows: list[tuple[object, ...]]) -> None:
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO floor VALUES (%s, %s, %s, %s)", rows)
            connection.commit()

        return _rate(commit, size)


def _rate(commit: Callable[[list[tuple[object, ...]]], None], size: int) -> float:
    began, count = time.perf_counter(), 0
    while time.perf_counter() < began + FLOOR_SECONDS:
        commit([(f"{ROW[0]} {count + place}", *ROW[1:]) for place in range(size)])
        count += size
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            seconds=Size(8.0, 2.0, "how long each load lasts"),
            visitors=Size(2_000, 200, "visitors who agreed"),
            connections=Size(64, 16, "connections that are kept open"),
            batch=Size(100, 20, "events per request of the second load"),
        )
    )
