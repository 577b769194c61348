"""Memory of every role after the pages were visited, what idling costs, starting and stopping."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._http import Client
from bench._processes import cpu, pss, tree
from bench._product import MAIN, free_ports, host, stop, temporary_home, wait_for
from bench._tools import Figure, Size, main, measured, say

ROLE = re.compile(r"serve\0(inner|edge|pulse|worker)\0|kundenkreis\.demo\.(shop)\0")
LINK = re.compile(r'href="(/[a-z][^"#?]*)')
NEVER = ("/static/", "/account/", ".csv", "/export")
EMPTY_PYTHON = "import django; django.setup(); print('ready', flush=True); input()"


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        port = free_ports()
        with _running(port) as (process, first):
            spent = _used(process)
            pages = _visit(port, options.pages)
            say(f"{pages} pages visited, idle for {options.idle} s")
            idle = cpu(tree(process.pid))
            time.sleep(options.idle)
            share = (cpu(tree(process.pid)) - idle) / max(options.idle, 0.001) * 100
            yield from _memory(process)
            yield measured("CPU of everything while nobody does anything", share, "% of a core")
            group = tree(process.pid)
            stopped = stop(process)
            left = sum(Path(f"/proc/{member}").exists() for member in group)
        words = f"first start with the demo company (CPU {spent:.1f} s)"
        yield measured(words, first, "s", at_most=60)
        yield measured("stop", stopped, "s", at_most=4)
        yield measured("processes left after the stop", left, at_most=0)
        for _ in range(options.more_starts):
            with _running(port) as (process, second):
                words = f"second start (CPU {_used(process):.1f} s)"
                yield measured(words, second, "s", at_most=5)


@contextmanager
def _running(port: int) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The whole demo installation, and the seconds until all of it answered."""
    began = time.monotonic()
    command = [*MAIN, "start", "--demo", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for role, number in (("inner", port), ("edge", port + 1)):
            wait_for(f"http://{host(role)}:{number}/health/", process)
        wait_for(f"http://{host('edge')}:{port + 2}/", process)
        yield process, time.monotonic() - began
    finally:
        if process.poll() is None:
            stop(process)


def _used(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds so far of everything that was started, the set-up's own process included."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    ended = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    return ended + cpu(tree(process.pid))


def _visit(port: int, most: int) -> int:
    """Open every page that a link leads to, reports included; GET changes nothing."""
    from kundenkreis.demo.launch import LOGINS, PASSWORD

    client = Client(host("inner"), port)
    client.log_in(LOGINS[0][0], PASSWORD)
    found, kinds = ["/"], {"/"}
    for path in found:
        for link in LINK.findall(client.get(path).text):
            # One of each kind: /crm/persons/1/ and /crm/persons/2/ are the same page.
            kind = re.sub(r"\d+", "N", link)
            if kind not in kinds and not any(part in link for part in NEVER) and len(found) < most:
                kinds.add(kind)
                found.append(link)
    for path in ("/v1/decide?k=nobody&a=nobody", "/kk.js", "/health/"):
        Client(host("edge"), port + 1).get(path)
    report = LINK.search(client.get("/insight/experiments/").text.partition("<main")[2])
    if report is None or client.get(report[1]).status != 200:
        raise RuntimeError("no report was found, so its memory was not measured")
    return len(found)


def _memory(process: subprocess.Popen[bytes]) -> Iterator[Figure]:
    floor, roles = _empty_python(), dict.fromkeys(_roles(process.pid), 0.0)
    for role, pid in _roles(process.pid).items():
        roles[role] = pss(pid)
        yield measured(f"memory of {role} (PSS)", roles[role], "MiB", floor=floor)
    whole = pss(process.pid)
    yield measured(
        "memory of the supervisor (PSS)", whole - sum(roles.values()), "MiB", floor=floor
    )
    yield measured("memory of everything (PSS)", whole, "MiB", at_most=600)


def _roles(pid: int) -> dict[str, int]:
    """The leading process of each role."""
    found: dict[str, int] = {}
    for member in tree(pid):
        name = ROLE.search(Path(f"/proc/{member}/cmdline").read_text())
        if name:
            found.setdefault(name[1] or name[2], member)
    return found


def _empty_python() -> float:
    """What a Python takes that has only set up Django with our settings, beside the product."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kundenkreis.config.settings.edge"}
    with subprocess.Popen(
        [sys.executable, "-c", EMPTY_PYTHON],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        if process.stdout:
            process.stdout.readline()
        found = pss(process.pid)
        process.communicate(b"\n")
    return found


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            idle=Size(60.0, 1.0, "seconds of idling before memory is read"),
            pages=Size(80, 8, "pages to visit at most"),
            more_starts=Size(1, 0, "starts after the first one"),
        )
    )
