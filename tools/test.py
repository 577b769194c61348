"""Runs every test on SQLite and on PostgreSQL, and prints the sums.

make test
.venv/bin/python -m tools.test sqlite          one of the runs only
.venv/bin/pytest src/kundenkreis/crm/sales     while working on something
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tools import browser, own_server, postgresql
from tools.paths import ROOT, VENV
from tools.results import Results

SUMMARY = ROOT / "var" / "test" / "summary.txt"
MINUTES_PER_RUN = 25
NO_TESTS = 5  # pytest's exit code when a selection is empty


@dataclass(frozen=True)
class Run:
    """One pytest run: its name, which tests, how many processes, which database."""

    name: str
    marks: str
    database: str
    processes: int = 0
    paths: tuple[str, ...] = ("src", "tests")
    ignored: tuple[str, ...] = ()


# What looks at the source or simulates without a database is the same on both: once is enough.
PLAIN = "not journey and not fault"
ONE_DATABASE = ("tests/wall", "tests/faults/test_start_stop.py")
RUNS = [
    Run("sqlite", PLAIN, "sqlite", processes=2),
    Run("postgresql", f"{PLAIN} and not simulation", "postgresql", processes=2,
        ignored=("tests/architecture",)),
    Run("screens", "journey", "sqlite", processes=2, paths=("src",)),
    Run("journeys", "journey", "sqlite", paths=("tests",)),
    Run("journeys on postgresql", "journey", "postgresql", paths=("tests",)),
    Run("faults", "fault", "sqlite"),
    Run("faults on postgresql", "fault", "postgresql", ignored=ONE_DATABASE),
]  # fmt: skip


def main(names: list[str]) -> int:
    """Runs all runs, or those named; 0 when nothing failed."""
    signal.signal(signal.SIGTERM, _interrupted)
    signal.signal(signal.SIGINT, _interrupted)
    started = time.monotonic()
    results = Results()
    chosen = [run for run in RUNS if not names or run.name in names]
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="kk-"))
        folder.chmod(0o711)  # the wall's probe runs as another user and has to get in here
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        env = provide_browser()
        servers = provide_postgresql(stack, chosen, results)
        for run in chosen:
            if run.database == "sqlite":
                execute(run, folder, env, results)
            elif servers:
                execute(run, folder, {**env, own_server.VARIABLE: " ".join(servers)}, results)
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


def execute(run: Run, folder: Path, env: dict[str, str], results: Results) -> None:
    """One pytest run in a process group of its own, with a time limit."""
    report = folder / f"{run.name.replace(' ', '-')}.xml"
    scratch = folder / "t"  # short: the paths of Unix sockets are limited
    scratch.mkdir(exist_ok=True)
    command = [str(VENV / "bin" / "python"), "-m", "pytest", "-q", "-m", run.marks]
    command += ["--junit-xml", str(report), "-o", "junit_family=xunit2"]
    command += ["-o", "faulthandler_timeout=300", "--no-header", "-r", "fE"]
    command += [*run.paths, *("--ignore=" + path for path in run.ignored)]
    command += ["-p", "tools.own_server"] if run.database == "postgresql" else []
    command += ["-n", str(run.processes), "--dist", "worksteal"] if run.processes else []
    print(f"\n── {run.name} ", "─" * (70 - len(run.name)), flush=True)
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
        start_new_session=True,
    )
    try:
        code = process.wait(MINUTES_PER_RUN * 60)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        _end_group(process)
        shutil.rmtree(scratch, ignore_errors=True)
    known = results.read(run.name, report)
    if code is None:
        results.fail(f"{run.name}: not finished after {MINUTES_PER_RUN} minutes")
    elif code not in (0, 1, NO_TESTS) or (code == 1 and not known):
        results.fail(f"{run.name}: pytest ended with exit code {code}")


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
