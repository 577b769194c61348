"""Stopping stops everything: no process of an installation is left behind, however it is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.running import PATIENCE, free_ports, wait_for

pytestmark = pytest.mark.fault

# Told to stop, it has four seconds. Killed, it tells nobody: each role notices by itself.
GONE_WITHIN = {signal.SIGINT: 4.0, signal.SIGTERM: 4.0, signal.SIGKILL: 15.0}


def start(home: Path, log: Path, port: int) -> subprocess.Popen[bytes]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("KUNDENKREIS_")}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    known |= {"KUNDENKREIS_HOME": str(home)}
    command = [
        sys.executable,
        "-m",
        "kundenkreis.config.main",
        "start",
        "--demo",
        "--port",
        str(port),
    ]
    # As a background shell does it: children inherit SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with log.open("wb") as output:
            return subprocess.Popen(command, env=known, stdout=output, stderr=subprocess.STDOUT)
    finally:
        signal.signal(signal.SIGINT, before)


def processes_of(home: Path) -> set[int]:
    """Every process that was given this data directory or one of its folders."""
    wanted, found = str(home).encode(), set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z" and wanted in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


def nicer(home: Path) -> set[str]:
    """The roles whose processes give way to the others."""
    found = set()
    for pid in processes_of(home):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        if os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, os.getpid()):
            found |= {"inner", "edge", "pulse", "worker"}.intersection(words)
    return found


@pytest.mark.parametrize("number", list(GONE_WITHIN))
def test_no_process_is_left_after_it_was_told_to_stop(
    number: signal.Signals, tmp_path: Path
) -> None:
    home, log, port = tmp_path / "home", tmp_path / "log.txt", free_ports()
    process = start(home, log, port)
    try:
        wait_for(f"http://127.0.0.1:{port}/health/", process, log)
        wait_for(f"http://localhost:{port + 1}/health/", process, log)
        assert len(processes_of(home)) >= 6  # control: they are found while they run
        assert nicer(home) == {"pulse", "worker"}
        process.send_signal(number)
        end = time.monotonic() + GONE_WITHIN[number]
        while processes_of(home) and time.monotonic() < end:
            time.sleep(0.1)
        process.wait(PATIENCE)
        assert processes_of(home) == set()
    finally:
        for pid in processes_of(home):
            os.kill(pid, signal.SIGKILL)


def test_it_says_when_a_port_is_taken(tmp_path: Path) -> None:
    port = free_ports()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        log = tmp_path / "log.txt"
        process = start(tmp_path / "home", log, port)
        assert process.wait(PATIENCE) != 0
    assert f"Port {port + 1} is in use" in log.read_text()
