"""The product as a benchmark runs it: a data directory of its own, real roles, their memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

MAIN = [sys.executable, "-m", "kundenkreis.config.main"]
PATIENCE = 120.0


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A fresh data directory that this process and what it starts use; gone at the end."""
    for name in [*os.environ]:
        if name.startswith("KUNDENKREIS_") or name == "DJANGO_SETTINGS_MODULE":
            del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="kk-bench-") as folder:
        os.environ["KUNDENKREIS_HOME"] = folder
        yield Path(folder)


def set_up() -> None:
    """Create both databases, and let this process use them with the inner settings."""
    subprocess.run([*MAIN, "setup"], check=True, stdout=subprocess.DEVNULL)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kundenkreis.config.settings.inner"
    import django

    django.setup()


@contextmanager
def serving(**ports: int) -> Iterator[dict[str, int]]:
    """Run roles, each on its port (0 for those without one); gives their process ids."""
    from kundenkreis.config.supervisor import environment

    settings = os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for role, port in ports.items():
            command = [*MAIN, "serve", role, "--port", str(port)]
            started[role] = subprocess.Popen(command, env=environment(role), process_group=0)
        if settings:
            os.environ["DJANGO_SETTINGS_MODULE"] = settings
        for role, port in ports.items():
            if port:
                wait_for(f"http://{host(role)}:{port}/health/", started[role])
        yield {role: process.pid for role, process in started.items()}
    finally:
        for process in started.values():
            stop(process)


def host(role: str) -> str:
    """The host name a role answers to."""
    return "localhost" if role == "edge" else "127.0.0.1"


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the address answers. Raises `RuntimeError` when it does not in time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{address} does not answer; exit status {process.poll()}")


def stop(process: subprocess.Popen[bytes], grace: float = 5.0) -> float:
    """End a process group as the supervisor does; returns the seconds it took."""
    began = time.monotonic()
    with suppress(subprocess.TimeoutExpired):
        process.send_signal(signal.SIGTERM)
        process.wait(grace)
    took = time.monotonic() - began
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return took


def free_ports(count: int = 3) -> int:
    """The first of some free ports in a row."""
    for first in range(33_000 + os.getpid() % 8_000, 60_000, count):
        if all(_is_free(first + offset) for offset in range(count)):
            return first
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))):
            parents.setdefault(int(found[1]), []).append(int(entry.name))
    members = [pid]
    for member in members:
        members += parents.get(member, [])
    return members


def pss(pid: int) -> float:
    """Proportional memory of a process tree in MiB: shared pages count once over all sharers."""
    total = 0
    for member in tree(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def cpu(processes: Sequence[int]) -> float:
    """CPU seconds that running threads of these processes have used, to the nanosecond."""
    total = 0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(thread.read_text().split()[0])
    return total / 1e9


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
