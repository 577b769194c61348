"""A peer beside us: Creme CRM from the package registry, on the same PostgreSQL server.

Nothing of it is kept: its environment, project and database are gone when the block ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench._http import Client
from bench._product import free_ports, stop, wait_for
from bench._tools import say

PACKAGE, VERSION = "creme-crm", "2.8.6"
NAME = f"Creme {VERSION}"
DATABASE = "bench_peer"
UV = Path(__file__).parent.parent / ".boot" / "bin" / "uv"
SETTINGS = """
from .settings import BASE_DIR
ADMINS = []
SECRET_KEY = "only-for-this-benchmark-and-gone-after-it"
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {{"default": {{
    "ENGINE": "django.db.backends.postgresql", "NAME": "{database}", "USER": "{user}",
    "PASSWORD": "{password}", "HOST": "{host}", "PORT": "{port}", "CONN_MAX_AGE": 600,
}}}}
DEBUG = False
"""


@contextmanager
def peer(home: Path, server: str, persons: int) -> Iterator[tuple[Client, dict[str, str], int]]:
    """Install, fill and serve the peer; gives a logged-in client, its pages and its process.

    `server` is the address of the PostgreSQL server. Two workers, as we have.
    """
    began = time.monotonic()
    programs = _installed(home / "peer")
    project = _project(home / "peer", programs, server)
    environment = _environment(programs, project)
    for command in ("migrate", "creme_populate", "generatemedia"):
        _run([programs / "creme", command], project, environment)
    script = Path(__file__).with_name("_peer_fill.py")
    filled = _run([programs / "python", script, str(persons)], project, environment)
    session, cookie, contact = filled.strip().splitlines()[-1].split()
    say(f"{NAME} with {persons} contacts: {time.monotonic() - began:.0f} s")
    port = free_ports()
    serve = [programs / "gunicorn", "-w", "2", "--timeout", "300", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*serve, "my_project.wsgi"], cwd=project, env=environment, process_group=0,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/creme_login/", process)
        client = Client("127.0.0.1", port)
        client.cookies[session] = cookie
        yield client, _pages(int(contact)), process.pid
    finally:
        stop(process)


def _pages(contact: int) -> dict[str, str]:
    return {
        "persons, first page": "/persons/contacts?rows=50&search=clear",
        "persons, searched": "/persons/contacts?rows=50&search-regular_field-last_name=Bergmann",
        "person": f"/persons/contact/{contact}",
        "everything searched": "/creme_core/search?search=Bergmann",
    }


def _installed(folder: Path) -> Path:
    """An environment of its own with the peer; the folder of its programs."""
    folder.mkdir()
    venv = folder / "venv"
    packages = [f"{PACKAGE}[pgsql]=={VERSION}", "gunicorn"]
    _run([UV, "venv", "-q", "--python", sys.executable, venv], folder, _clean())
    python = venv / "bin" / "python"
    _run([UV, "pip", "install", "-q", "--python", python, *packages], folder, _clean())
    return venv / "bin"


def _project(folder: Path, programs: Path, server: str) -> Path:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")  # type: ignore[arg-type]
    _run([programs / "creme", "creme_start_project", "my_project"], folder, _clean())
    project, address = folder / "my_project", urlsplit(server)
    (project / "my_project" / "local_settings.py").write_text(
        SETTINGS.format(
            database=DATABASE, user=address.username, password=address.password,
            host=address.hostname, port=address.port,
        )
    )  # fmt: skip
    with (project / "my_project" / "settings.py").open("a") as settings:
        settings.write("\nfrom .local_settings import *\n")
    return project


def _environment(programs: Path, project: Path) -> dict[str, str]:
    here = Path(__file__).parent.parent
    return {
        **_clean(),
        "PATH": f"{programs}:{os.defpath}",
        "PYTHONPATH": f"{project}:{here}",
        "DJANGO_SETTINGS_MODULE": "my_project.settings",
    }


def _clean() -> dict[str, str]:
    """This process's environment without what says that it is ours."""
    ours = ("KUNDENKREIS_", "DJANGO_", "BENCH_", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _run(command: list[str | Path], folder: Path, environment: dict[str, str]) -> str:
    """What a program prints. Raises `RuntimeError` with its last words when it fails."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr[-2000:]}")
    return done.stdout
