"""The real product, running: `kundenkreis start --demo` in a folder of its own, as a user would."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PATIENCE = 90.0
PROGRAM = (sys.executable, "-m", "kundenkreis.config.main")
NOTHING: Mapping[str, str] = {}
CLAIMS: list[socket.socket] = []


@dataclass(frozen=True)
class Product:
    """Addresses of a running demo installation."""

    port: int
    home: Path
    process: subprocess.Popen[bytes]
    databases: dict[str, str]
    host: str = "127.0.0.1"

    @property
    def staff(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def edge(self) -> str:
        other = "localhost" if self.host != "localhost" else "127.0.0.1"
        return f"http://{other}:{self.port + 1}"

    @property
    def shop(self) -> str:
        return f"http://localhost:{self.port + 2}"

    def engage(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the engage database, whichever kind it is."""
        address = self.databases.get("KUNDENKREIS_ENGAGE_DATABASE")
        if address:
            with psycopg.connect(address) as connection:
                return connection.execute(query.encode()).fetchall()
        file = f"file:{self.home}/engage/engage.sqlite3?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as database:
            return database.execute(query).fetchall()


@contextmanager
def running(home: Path, log: Path, settings: Mapping[str, str] = NOTHING) -> Iterator[Product]:
    """Start everything with the demo company, wait until it answers, stop it with SIGTERM at the
    end."""
    with _started(home, log, settings, "start", "--demo") as product:
        wait_for(product.shop, product.process, log)
        yield product


@contextmanager
def begun(
    home: Path, log: Path, administrator: tuple[str, str], settings: Mapping[str, str] = NOTHING
) -> Iterator[Product]:
    """An installation that begins: empty and on trial, with its first administrator, who has this
    address and password."""
    email, password = administrator
    settings = {**settings, **databases(home.parent.name)}
    known = _environment(home, settings) | {"KUNDENKREIS_FIRST_PASSWORD": password}
    for words in (("setup",), ("first-administrator", email)):
        subprocess.run([*PROGRAM, *words], env=known, check=True, capture_output=True)
    with _started(home, log, settings, "serve") as product:
        yield product


@contextmanager
def _started(home: Path, log: Path, settings: Mapping[str, str], *words: str) -> Iterator[Product]:
    port = free_ports()
    addresses = {name: value for name, value in settings.items() if name.endswith("_DATABASE")}
    addresses = addresses or databases(home.parent.name)
    known = _environment(home, {**settings, **addresses})
    command = [*PROGRAM, *words, "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=known, stdout=output, stderr=subprocess.STDOUT)
        host = settings.get("KUNDENKREIS_INNER_HOST", "127.0.0.1")
        product = Product(port, home, process, addresses, host)
        try:
            for address in (f"{product.staff}/health/", f"{product.edge}/health/"):
                wait_for(address, process, log)
            yield product
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """What is known here, without anything that belongs to the tests themselves."""
    known = {
        name: value for name, value in os.environ.items() if not name.startswith("KUNDENKREIS_")
    }
    known.pop("DJANGO_SETTINGS_MODULE", None)
    return known | {"KUNDENKREIS_HOME": str(home), **settings}


def databases(name: str) -> dict[str, str]:
    """Two fresh databases on the tests' PostgreSQL server; nothing where the tests use SQLite."""
    server = os.environ.get("KUNDENKREIS_TEST_POSTGRESQL", "")
    addresses = {}
    for side in ("crm", "engage") if server else ():
        fresh = f"{side}_{re.sub(r'[^a-z0-9]', '_', name.lower())}_{secrets.token_hex(4)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(fresh)))
        address = urlsplit(server)._replace(path=f"/{fresh}")
        addresses[f"KUNDENKREIS_{side.upper()}_DATABASE"] = urlunsplit(address)
    return addresses


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer:\n{log.read_text()[-4000:]}")


def free_ports() -> int:
    """The first of three free ports in a row, claimed for as long as this process lives.

    A product binds its ports seconds after they were chosen for it. Until then the fourth of the
    row, which is held here, tells other tests that run at the same time to go on to the next.
    """
    for first in range(21_000 + os.getpid() % 1_750 * 4, 32_000, 4):
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", first + 3))
        except OSError:
            claim.close()
        else:
            CLAIMS.append(claim)
            if all(is_free(first + offset) for offset in range(3)):
                return first
    raise AssertionError("no three free ports in a row")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
