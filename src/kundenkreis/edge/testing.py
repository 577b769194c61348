"""A real edge process for tests and benchmarks: its own data directory, port and database.

python -m kundenkreis.edge.testing prepare          create the database and a shop
python -m kundenkreis.edge.testing serve PORT       serve it until told to stop
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

HOST = "localhost"
APPLICATION = "kundenkreis.config.asgi:application"
_START_SECONDS = 30


@dataclass(slots=True)
class Answer:
    """What the edge said."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(slots=True)
class Edge:
    """A running edge. `keys` are the write keys of a shop: browser, orders, server."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    keys: dict[str, str] = field(default_factory=dict)
    database: str = ""

    def ask(
        self,
        path: str,
        data: Any = None,
        *,
        method: str = "",
        headers: dict[str, str] | None = None,
        timeout: float = 20,
    ) -> Answer:
        """One request on a connection of its own; `data` is sent as JSON unless it is bytes."""
        connection = HTTPConnection(HOST, self.port, timeout=timeout)
        body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
        try:
            connection.request(
                method or ("GET" if body is None else "POST"), path, body, headers or {}
            )
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, text)
        finally:
            connection.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in its database."""
        with self.connect() as connection:
            return list(connection.execute(sql).fetchall())

    def write(self, *statements: str) -> None:
        """Change its database behind its back."""
        with self.connect() as connection:
            for sql in statements:
                connection.execute(sql)
            connection.commit()

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A connection of our own to its database."""
        connection: Any
        if self.database:
            import psycopg

            connection = psycopg.connect(self.database)
        else:
            path = self.home / "engage" / "engage.sqlite3"
            connection = sqlite3.connect(path, timeout=30)
        try:
            yield connection
        finally:
            connection.close()

    def stop(self, seconds: float = 10) -> None:
        """Ask it to end, then make it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


@contextmanager
def edge(
    home: Path,
    *,
    application: str = APPLICATION,
    template: Path | None = None,
    database: str = "",
    **environment: str,
) -> Iterator[Edge]:
    """Start an edge in an empty folder; `template` is a prepared data directory to copy.

    `database` is the address of an empty PostgreSQL database instead of a SQLite file.
    """
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KUNDENKREIS")},
        "KUNDENKREIS_HOME": str(home),
        "KUNDENKREIS_EDGE_HOST": HOST,
        "DJANGO_SETTINGS_MODULE": "kundenkreis.config.settings.edge",
        **({"KUNDENKREIS_ENGAGE_DATABASE": database} if database else {}),
        **environment,
    }
    program = [sys.executable, "-m", "kundenkreis.edge.testing"]
    if template is None:
        subprocess.run([*program, "prepare"], env=env, check=True)
    else:
        shutil.copytree(template, home, dirs_exist_ok=True)
    port = free_port()
    process = subprocess.Popen(
        [*program, "serve", str(port), application], env=env, start_new_session=True
    )
    running = Edge(home, port, process, json.loads((home / "keys.json").read_text()), database)
    try:
        _wait_for(running)
        yield running
    finally:
        running.stop()


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prepare() -> None:
    """Create the database of the environment's data directory, with a shop in it."""
    import django
    from django.core.management import call_command

    from kundenkreis.config import env

    django.setup()
    call_command("migrate", database="engage", verbosity=0)
    from kundenkreis.engage.tracking.testing import make_shop

    shop = make_shop()
    keys = {"browser": shop.browser_key, "orders": shop.orders_key, "server": shop.server_key}
    (env.home() / "keys.json").write_text(json.dumps(keys))


def serve(port: int, application: str) -> None:
    """Serve as `kundenkreis serve edge` does."""
    from granian import Granian
    from granian.log import LogLevels

    from kundenkreis.edge.serving import OPTIONS

    Granian(
        target=application,
        address="127.0.0.1",
        port=port,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=3,
        **OPTIONS,
    ).serve()


def _wait_for(running: Edge) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and running.process.poll() is None:
        try:
            address = f"http://{HOST}:{running.port}/health/"
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the edge did not start")


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        serve(int(sys.argv[2]), sys.argv[3])
