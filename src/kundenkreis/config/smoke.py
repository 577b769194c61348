"""Trying an installation that was gathered beside the one in use: its processes on ports of their
own, what they answer, and every list read once."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from kundenkreis.config import env, supervisor
from kundenkreis.kernel import audit
from kundenkreis.kernel.access import system
from kundenkreis.kernel.backup import staging
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.sides import Side
from kundenkreis.records.registry import TYPES

PATIENCE = 60.0  # seconds
SHOWN = 20


def run() -> None:
    """Try what is gathered, inside of `staging.instead`. Raises `BackupRefused`."""
    read_everything()
    with tempfile.TemporaryDirectory(dir=env.folder(Side.CRM)) as folder:
        for side in Side:
            connections[side.alias].close()
            _lay_out(Path(folder) / side, side)
        inner, edge = env.hosts()
        with _serving("inner", Path(folder)) as port:
            _require(port, inner, "/health/", "ok")
            _require(port, inner, reverse("account_login"), "<form")
        with _serving("edge", Path(folder)) as port:
            _require(port, edge, "/health/", "ok")


def read_everything() -> None:
    """The first rows of every type of record, and the chain of the audit."""
    viewer = system("upgrade")
    for kind in TYPES.values():
        for record in kind.rows(viewer)[:SHOWN]:
            str(record)
    for side in Side:
        for damage in audit.verify(side):
            raise BackupRefused(
                _("The audit of %(side)s is damaged at row %(row)s.")
                % {"side": side, "row": damage.entry_id}
            )


def _lay_out(folder: Path, side: Side) -> None:
    """A home that shows what was gathered under the names by which processes look for it."""
    folder.mkdir(mode=0o700)
    (folder / "secret.key").symlink_to(settings.SECRET_FILES[side])
    if connections[side.alias].vendor == "sqlite":
        database = str(connections[side.alias].settings_dict["NAME"])
        (folder / f"{side}.sqlite3").symlink_to(database)


def _environment(role: str, home: Path) -> Mapping[str, str]:
    known = supervisor.environment(role) | {"KUNDENKREIS_ENGAGE_HOME": str(home / Side.ENGAGE)}
    if role == "inner":
        known |= {"KUNDENKREIS_HOME": str(home), "KUNDENKREIS_CRM_HOME": str(home / Side.CRM)}
    for side in Side:
        name = f"KUNDENKREIS_{side.upper()}_DATABASE"
        if url := known.get(name):
            known[name] = f"{url}{'&' if '?' in url else '?'}schema={staging.SCHEMA}"
    return known


@contextmanager
def _serving(role: str, home: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((env.text("ADDRESS", "127.0.0.1"), 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "kundenkreis.config.main", "serve", role, "--port", str(port)]
    process = subprocess.Popen(command, env=_environment(role, home), process_group=0)
    child = supervisor.Child(role, process)
    try:
        yield port
    finally:
        supervisor.stop([child])


def _require(port: int, host: str, address: str, text: str) -> None:
    """Wait for an answer, and see that it is the one. Raises `BackupRefused`."""
    url = f"http://{env.text('ADDRESS', '127.0.0.1')}:{port}{address}"
    headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    request = urllib.request.Request(url, headers=headers)
    end, problem = time.monotonic() + PATIENCE, ""
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                if text in answer.read().decode():
                    return
                problem = _("the answer is another page")
                break
        except urllib.error.HTTPError as error:
            problem = str(error)
            break
        except (urllib.error.URLError, OSError) as error:
            problem = str(error)
            time.sleep(0.2)
    raise BackupRefused(
        _("%(host)s%(address)s does not answer as it should.") % {"host": host, "address": address},
        problem,
    )
