"""All benchmarks, each in its own process; one table at the end."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench._tools import Figure, calibration, load, table

NAMES = (
    "collector",
    "decisions",
    "segments",
    "conditions",
    "pages",
    "api",
    "webhooks",
    "seats",
    "attack",
    "rights",
    "peer",
    "imports",
    "folder",
    "exchange",
    "duplicates",
    "entry",
    "places",
    "contacting",
    "timeline",
    "merging",
    "dossier",
    "backup",
    "maps",
    "quality",
    "scores",
    "letters",
    "memory",
)
# What a million records cost is measured on both databases.
ON_BOTH = ("pages", "rights", "exchange")
MINUTES_EACH = 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(NAMES)}")
    parser.add_argument("--small", action="store_true", help="a quick run that proves nothing")
    parser.add_argument(
        "--postgresql", action="store_true",
        help=f"not on SQLite; without names everything on SQLite, {', '.join(ON_BOTH)} on both",
    )  # fmt: skip
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    began = time.monotonic()
    print(calibration(), flush=True)
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="kk-bench-") as folder:
        os.environ["BENCH_PREPARED"] = f"{folder}/prepared"
        subprocess.run([sys.executable, "-m", "bench.prepare", f"{folder}/prepared"], check=True)
        for name, database in runs(options.names, options.postgresql):
            file = Path(folder) / f"{name}-{database}.json"
            title = f"{name}, {database}"
            print(f"\n── {title} {'─' * (70 - len(title))}", flush=True)
            flags = ["--small"] * options.small + ["--postgresql"] * (database == "PostgreSQL")
            if _run(name, ["--json", str(file), *flags]):
                failed.append(title)
            elif file.exists():
                figures += [replace(one, what=f"{one.what}, {database}") for one in load(file)]
    print(f"\n── all, {time.monotonic() - began:.0f} s {'─' * 50}\n{table(figures)}")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {calibration()}")
    missed = [figure.what for figure in figures if figure.met is False]
    print(f"\n{len(missed)} goals missed." if missed else "\nNo goal missed.")
    if failed:
        print(f"Did not finish: {', '.join(failed)}.")
    return 1 if failed else 0


def runs(names: Sequence[str], postgresql: bool) -> list[tuple[str, str]]:
    """Which benchmarks run on which database."""
    if postgresql or names:
        return [(name, "PostgreSQL" if postgresql else "SQLite") for name in names or NAMES]
    return [(name, "SQLite") for name in NAMES] + [(name, "PostgreSQL") for name in ON_BOTH]


def _run(name: str, arguments: list[str]) -> int:
    """One benchmark in a process group of its own, with a time limit; its exit status."""
    command = [sys.executable, "-m", f"bench.{name}", *arguments]
    process = subprocess.Popen(command, process_group=0)
    try:
        return process.wait(MINUTES_EACH * 60)
    except subprocess.TimeoutExpired:
        return 1
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


if __name__ == "__main__":
    sys.exit(main())
