"""The product as a benchmark runs it: a data directory of its own, real roles, their memory."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stdout, suppress
from http.client import HTTPException
from pathlib import Path

MAIN = [sys.executable, "-m", "kundenkreis.config.main"]
PATIENCE = 120.0


@contextmanager
def temporary_home(postgresql: bool = False) -> Iterator[Path]:
    """A fresh installation's place that this process and what it starts use; gone at the end.

    With `postgresql` its databases are on a server of its own, as durable as in production.
    """
    for name in [*os.environ]:
        if name.startswith("KUNDENKREIS_") or name == "DJANGO_SETTINGS_MODULE":
            del os.environ[name]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kk-bench-"))
        os.environ["KUNDENKREIS_HOME"] = folder
        if postgresql:
            _use(stack.enter_context(_durable_server()))
        yield Path(folder)


def _durable_server() -> AbstractContextManager[str]:
    from tools import postgresql

    durable = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
    postgresql.SETTINGS.update(durable, shared_buffers="1GB", autovacuum="on")
    return postgresql.server()


def _use(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for side in ("crm", "engage"):
            connection.execute(f"CREATE DATABASE bench_{side}")
            new = address.rpartition("/")[0] + f"/bench_{side}"
            os.environ[f"KUNDENKREIS_{side.upper()}_DATABASE"] = new


def set_up() -> None:
    """Create both databases with what every company needs, and use them in this process.

    `BENCH_PREPARED` names a data directory to copy instead, where several benchmarks run.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "kundenkreis.config.settings.inner"
    import django

    prepared = os.environ.get("BENCH_PREPARED")
    if prepared and "KUNDENKREIS_CRM_DATABASE" not in os.environ:
        shutil.copytree(prepared, os.environ["KUNDENKREIS_HOME"], dirs_exist_ok=True)
        django.setup()
    else:
        prepare()


def prepare() -> None:
    """`kundenkreis setup` in this process."""
    from kundenkreis.config.main import main

    with redirect_stdout(sys.stderr):
        if main(["setup"]):
            raise RuntimeError("the installation could not be set up")


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
    # As a proxy that adds TLS would ask; without one nobody believes it.
    asked = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})  # noqa: S310
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310 - our own address
                return
        except (OSError, HTTPException):
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
    """The first of some free ports in a row, below those that outgoing connections get.

    Above, a client that tries again and again sooner or later connects to itself.
    """
    for first in range(10_000 + os.getpid() % 8_000, 20_000, count):
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
