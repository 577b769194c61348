"""Runs every test on SQLite and on PostgreSQL, and prints the sums.

make test
.venv/bin/python -m tools.test sqlite          one of the runs only
.venv/bin/pytest src/kundenkreis/crm/sales     while working on something
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tools import browser, own_server, postgresql
from tools.paths import ROOT, VENV
from tools.results import Results

SUMMARY = ROOT / "var" / "test" / "summary.txt"
MINUTES_PER_RUN = 25


@dataclass(frozen=True)
class Run:
    """One pytest run: its name, which tests, how many processes, which database."""

    name: str
    marks: str
    database: str
    processes: int = 0
    paths: tuple[str, ...] = ("src", "tests")
    ignored: tuple[str, ...] = ()


# What asks no database is the same on both: once is enough.
PLAIN = "not journey and not fault"
ONE_DATABASE = ("tests/wall", "tests/faults/test_start_stop.py")
PLAIN_SQLITE = Run("sqlite", PLAIN, "sqlite", processes=2)
PLAIN_POSTGRESQL = Run(
    "postgresql",
    f"{PLAIN} and not simulation and (django_db or edge)",
    "postgresql",
    processes=2,
    ignored=("tests/architecture",),
)
SCREENS = Run("screens", "journey", "sqlite", processes=2, paths=("src",))
JOURNEYS = Run("journeys", "journey", "sqlite", paths=("tests",))
JOURNEYS_POSTGRESQL = Run("journeys on postgresql", "journey", "postgresql", paths=("tests",))
FAULTS = Run("faults", "fault", "sqlite")
FAULTS_POSTGRESQL = Run("faults on postgresql", "fault", "postgresql", ignored=ONE_DATABASE)

# Journeys and faults mostly wait, so two of them go side by side: one per database, because each
# test process has one server.
RUNS = [
    [PLAIN_SQLITE],
    [PLAIN_POSTGRESQL],
    [SCREENS],
    [JOURNEYS, FAULTS_POSTGRESQL],
    [FAULTS, JOURNEYS_POSTGRESQL],
]


def main(names: list[str]) -> int:
    """Runs all runs, or those named; 0 when nothing failed."""
    signal.signal(signal.SIGTERM, _interrupted)
    signal.signal(signal.SIGINT, _interrupted)
    started = time.monotonic()
    results = Results(seed=secrets.randbelow(2**32))
    chosen = [[run for run in runs if not names or run.name in names] for runs in RUNS]
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="kk-"))
        folder.chmod(0o711)  # the wall's probe runs as another user and has to get in here
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        env = provide_browser()
        servers = provide_postgresql(stack, list(chain(*chosen)), results)
        env[own_server.VARIABLE] = " ".join(servers)
        for runs in chosen:
            if possible := [run for run in runs if run.database == "sqlite" or servers]:
                execute(possible, folder, env, results)
    print(results.report(time.monotonic() - started))
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text(results.sums() + "\n", "utf-8")
    print(results.sums(), flush=True)
    return 1 if results.failed or not results.passed else 0


def provide_browser() -> dict[str, str]:
    path, reason = browser.provide()
    print(f"  browser      {path or reason}", flush=True)
    return {"KUNDENKREIS_TEST_BROWSER": path, "KUNDENKREIS_TEST_NO_BROWSER": reason}


def provide_postgresql(stack: ExitStack, runs: list[Run], results: Results) -> list[str]:
    """The addresses of the servers, or none; then their runs are skipped by name."""
    wanted = [run for run in runs if run.database == "postgresql"]
    needed = max((max(run.processes, 1) for run in wanted), default=0)
    try:
        servers = [stack.enter_context(postgresql.server()) for _ in range(needed)]
    except postgresql.Unavailable as reason:
        print(f"  PostgreSQL   {reason}", flush=True)
        for run in wanted:
            results.skip(f"the whole run “{run.name}”: {reason}")
        return []
    if servers:
        print("  PostgreSQL   a server of its own for each test process", flush=True)
    return servers


def execute(runs: Sequence[Run], folder: Path, env: dict[str, str], results: Results) -> None:
    """Pytest runs side by side, each in a process group of its own, with a time limit."""
    print("\n" + ", ".join(run.name for run in runs), "…", flush=True)
    with ThreadPoolExecutor(len(runs)) as threads, ExitStack() as stack:
        # On the way out after a signal the runs end first, and with them their threads.
        started = [stack.enter_context(running(run, folder, env, results.seed)) for run in runs]
        for one, code in zip(started, threads.map(Started.wait, started), strict=True):
            one.show()
            known = results.read(one.run.name, one.report)
            if code is None:
                results.fail(f"{one.run.name}: not finished after {MINUTES_PER_RUN} minutes")
            elif code not in (0, 1) or (code == 1 and not known):
                results.fail(f"{one.run.name}: pytest ended with exit code {code}")


@dataclass(frozen=True)
class Started:
    """A run that was started; what it prints is kept until it is done."""

    run: Run
    process: subprocess.Popen[bytes]
    report: Path
    printed: Path

    def wait(self) -> int | None:
        """Its exit code; None when it took too long."""
        try:
            return self.process.wait(MINUTES_PER_RUN * 60)
        except subprocess.TimeoutExpired:
            return None

    def show(self) -> None:
        """Everything it printed, under its name."""
        print(f"\n── {self.run.name} ", "─" * (70 - len(self.run.name)), flush=True)
        print(self.printed.read_text("utf-8", "replace"), flush=True)


@contextmanager
def running(run: Run, folder: Path, env: dict[str, str], seed: int) -> Iterator[Started]:
    name = run.name.replace(" ", "-")
    report, printed = folder / f"{name}.xml", folder / f"{name}.txt"
    # Short, because the paths of Unix sockets are limited.
    scratch = Path(tempfile.mkdtemp(prefix="t", dir=folder))
    scratch.chmod(0o711)
    command = [str(VENV / "bin" / "python"), "-m", "pytest", "-q", "-m", run.marks]
    command += ["--junit-xml", str(report), "-o", "junit_family=xunit2"]
    command += ["-o", "faulthandler_timeout=300", "--no-header", "-r", "fE"]
    command += [f"--randomly-seed={seed}"]
    command += [*run.paths, *("--ignore=" + path for path in run.ignored)]
    command += ["-p", "tools.own_server"] if run.database == "postgresql" else []
    command += ["-n", str(run.processes), "--dist", "worksteal"] if run.processes else []
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                **env,
                "KUNDENKREIS_TEST_DATABASE": run.database,
                "TMPDIR": str(scratch),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Started(run, process, report, printed)
    finally:
        _end_group(process)
        shutil.rmtree(scratch, ignore_errors=True)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Nothing that a test started outlives its run."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
        except ProcessLookupError:
            return
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
        time.sleep(0.2)


def _interrupted(number: int, _frame: object) -> None:
    """Turns a signal into an exception, so that everything is cleaned up on the way out."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
