"""Event → membership → offer, alone, and while events pour in, a segment is compared, files come in."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench._audience import Audience, gather
from bench._probe import Lived, live, live_together
from bench._processes import cpu, tree
from bench._product import MAIN, free_ports, serving, set_up, stop, temporary_home
from bench._tools import Figure, Size, main, measured, percentile, say
from bench.exchange import OPTIONS, people_file
from kundenkreis.config.roles import GIVES_WAY

PATIENCE = 60.0
FULL = 100_000  # profiles from which on the import must outlast the load


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql) as home:
        set_up()
        audience = gather(options.profiles, options.events)
        file = people_file(home / "persons.csv", options.imported)
        port = free_ports()
        with serving(edge=port, pulse=0) as roles:
            quiet = Lived()
            live(port, audience.key, quiet, visitors=options.probes)
            yield from _figures("alone", quiet, quiet)
            yield from _busy("recomputing", audience, 0, quiet, port, roles, options)
            with _importing(file) as importing:
                words = "recomputing, importing persons"
                yield from _busy(words, audience, 1, quiet, port, roles, options)
                if options.profiles >= FULL and importing.poll() is not None:
                    raise RuntimeError("the import ended before the load did")


def _busy(
    words: str,
    audience: Audience,
    number: int,
    quiet: Lived,
    port: int,
    roles: dict[str, int],
    options: argparse.Namespace,
) -> Iterator[Figure]:
    """The same figures while events pour in and half of all people are compared."""
    _recompute(audience.large[number])
    before, seconds = _members(audience), options.seconds
    work = {role: cpu(tree(pid)) for role, pid in roles.items()}
    with _load(port, audience.key, options) as load:
        busy = live_together(port, audience.key, seconds)
        answer: dict[str, Any] = json.loads(load.communicate(timeout=PATIENCE)[0])
    work = {role: cpu(tree(pid)) - work[role] for role, pid in roles.items()}
    caught_up = _catch_up()
    compared = _members(audience) - before
    if options.profiles >= FULL and not compared:
        raise RuntimeError("nobody was compared during the load")
    say(f"{words}: answers {answer['statuses']}, unanswered {answer['unanswered']}; "
        f"CPU: load {answer['cpu']:.1f} s, "
        + ", ".join(f"{role} {used:.1f} s" for role, used in work.items())
        + f", {compared} people came into the large segments meanwhile")  # fmt: skip
    load_words = f"{options.rate:.0f}/s of {options.active} visitors, {words}"
    rate = answer["per_second"]
    yield measured(f"events accepted with {load_words}", rate, "/s", floor=options.rate,
                   at_least=0.98 * options.rate)  # fmt: skip
    floor = percentile(quiet.accepted, 0.95) * 1000
    yield measured(f"collector's answer p95 (p50 {answer['p50']:.1f} ms) with {load_words}",
                   answer["p95"], "ms", floor=floor, at_most=50)  # fmt: skip
    yield from _figures(f"with {load_words}", busy, quiet)
    yield measured(f"segments had caught up after {words} within", caught_up, "s", at_most=1)


@contextmanager
def _importing(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An import goes on beside, as far from the foreground as the worker that does it otherwise."""
    command = ["nice", "-n", str(GIVES_WAY), *MAIN, "import", "records", "person", str(file)]
    process = subprocess.Popen([*command, *OPTIONS], stdout=subprocess.DEVNULL, process_group=0)
    try:
        yield process
    finally:
        stop(process)


def _figures(when: str, lived: Lived, quiet: Lived) -> Iterator[Figure]:
    """Event to offer, and decisions; the floor is the same without load."""
    for what, values, calm, unit, times, goal in (
        ("event → offer", lived.offered, quiet.offered, "s", 1.0, 1.0),
        ("decision", lived.decided, quiet.decided, "ms", 1000.0, 20.0),
    ):
        half = percentile(values, 0.5) * times
        name = f"{what} p95 (p50 {half:.3g} {unit}, {len(values)} times) {when}"
        floor = None if lived is quiet else percentile(calm, 0.95) * times
        yield measured(name, percentile(values, 0.95) * times, unit, floor=floor, at_most=goal)
    yield measured(f"visitors without a decision {when}", lived.lost, at_most=0)


def _load(port: int, key: str, options: argparse.Namespace) -> subprocess.Popen[bytes]:
    arguments = {
        "port": port, "key": key, "visitors": options.active, "rate": options.rate,
        "seconds": options.seconds, "batch": options.batch,
    }  # fmt: skip
    pairs = [part for name, value in arguments.items() for part in (f"--{name}", str(value))]
    return subprocess.Popen([sys.executable, "-m", "bench._load", *pairs], stdout=subprocess.PIPE)


def _recompute(segment: int) -> None:
    """Have a segment compared that nearly half of all people are in, behind one that still is."""
    from kundenkreis.engage.segments.commands import activate_segment
    from kundenkreis.kernel.access import system

    activate_segment(actor=system("bench"), segment_id=segment)


def _members(audience: Audience) -> int:
    from kundenkreis.engage.segments.models import Membership

    return Membership.objects.filter(segment_id__in=audience.large).count()


def _catch_up() -> float:
    """Seconds until the follower has read everything that is in the log now."""
    from kundenkreis.engage.segments.following import READER
    from kundenkreis.engage.tracking.models import Event
    from kundenkreis.kernel import log
    from kundenkreis.kernel.sides import Side

    newest = Event.objects.order_by("-id").values_list("id", flat=True)[0]
    began = time.monotonic()
    while log.position(READER, Side.ENGAGE).row < newest:
        if time.monotonic() > began + PATIENCE:
            return float("nan")
        time.sleep(0.02)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            profiles=Size(1_000_000, 2_000, "profiles"),
            events=Size(10_000_000, 20_000, "events in the log"),
            active=Size(20_000, 500, "visitors who are in the shop during the load"),
            rate=Size(2_000, 100, "events per second"),
            batch=Size(1, 1, "events per request"),
            seconds=Size(30.0, 1.0, "seconds of load"),
            probes=Size(60, 3, "visitors before the load"),
            imported=Size(100_000, 100, "persons imported beside the load"),
        )
    )
