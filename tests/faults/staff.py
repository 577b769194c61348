"""The staff pages and the worker as real processes on the databases of the running test, and those
who use them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.test import Client as Browser

from bench._http import Answer, Client
from kundenkreis.api.testing import V1
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.queries import today, viewer_of
from kundenkreis.crm.accounts.token_commands import create_token
from kundenkreis.kernel.testing import SYSTEM
from tests.faults.processes import ROOT, environment
from tests.journeys.running import free_ports, is_free
from tests.rights.canaries import BACKEND

HOST = "127.0.0.1"
STARTED_WITHIN = 60


@dataclass
class Role:
    """A role of the product: a process with its workers."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    clients: list[Client] = field(default_factory=list)

    @property
    def members(self) -> list[int]:
        """All its processes: it leads a session of its own."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getsid(int(entry.name)) == self.process.pid:
                    found.append(int(entry.name))
        return found

    def client(self) -> Client:
        self.clients.append(Client(HOST, self.port))
        return self.clients[-1]


@contextmanager
def running(*names: str, **known: str) -> Iterator[dict[str, Role]]:
    """Run roles, each as `kundenkreis serve` does; all that listen answer when the block begins."""
    home = str(settings.FOLDERS["crm"].parent)
    env = {**environment(), "KUNDENKREIS_HOME": home, "KUNDENKREIS_API_RATE": "0", **known}
    main = [sys.executable, "-m", "kundenkreis.config.main", "serve"]
    roles = {}
    try:
        for name in names:
            port = free_ports()
            command = [*main, name, "--port", str(port)]
            process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
            roles[name] = Role(name, port, process)
        if "inner" in roles:
            _wait_for(roles["inner"])
        yield roles
    finally:
        for role in roles.values():
            _end(role)


def _wait_for(role: Role) -> None:
    end = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end and role.process.poll() is None:
        with suppress(OSError):
            if not is_free(role.port) and role.client().get("/health/").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{role.name} does not answer: {role.process.poll()}")


def _end(role: Role) -> None:
    for client in role.clients:
        client.connection.close()
    role.process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        role.process.wait(5)
    with suppress(ProcessLookupError):
        os.killpg(role.process.pid, signal.SIGKILL)
    role.process.wait()


@dataclass
class Anna:
    """An administrator: her browser's cookies, and a program of hers that counts what it is told."""

    cookies: dict[str, str]
    key: str
    said: Counter[int] = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)

    def browser(self, role: Role) -> Client:
        client = role.client()
        client.cookies = dict(self.cookies)
        return client

    @property
    def program(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def make(self, client: Client, name: str, **values: str) -> Answer:
        """Have a program make a competitor; what is acknowledged is remembered."""
        answer = client.post(f"{V1}competitors", {"name": name, **values}, **self.program)
        self.said[answer.status] += 1
        if answer.status == 201:
            self.acknowledged.append(name)
        return answer


def anna() -> Anna:
    """Her account and all that she needs to come in; nothing of it is asked over the wire."""
    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email="anna@example.org", name="Anna", password="drei bunte Vögel",
        roles=["administrator"], language="en",
    )  # fmt: skip
    browser = Browser()
    browser.force_login(user, backend=BACKEND)
    until = today() + timedelta(days=1)
    _token, key = create_token(actor=viewer_of(user), name="T", scopes={"*": "write"}, until=until)
    return Anna({name: one.value for name, one in browser.cookies.items()}, key)


def problem(answer: Answer) -> str:
    """What a program reads: the type of a problem."""
    return str(json.loads(answer.body)["type"]).rpartition(":")[2]
