"""What every test has: deterministic properties, the shared data sets, a browser, Node."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils import translation
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from tests import databases
from tools import browser as browsers

# Fails a test that writes to a record past the door.
pytest_plugins = ["tests.witness"]

ROOT = Path(__file__).parent
SHARED_DATA = Path(os.environ.get("KUNDENKREIS_SHARED_DATA", ROOT.parent / "shared" / "data"))
OLDEST_NODE = 20

# The same examples in every run and on every machine; a slow example is not a wrong one.
settings.register_profile(
    "kundenkreis",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("kundenkreis")

# Without its own update checks and background calls: the browser talks to this machine only.
QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
]


class _NoGap(logging.Handler):
    """Fails whatever shows an icon that the sprite does not have: pages only warn of the gap."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


logging.getLogger("kundenkreis.ui.parts").addHandler(_NoGap(logging.WARNING))


def _ship_again(app_config: Any, using: str, **_: Any) -> None:
    """What a migration ships is there in every test, also after one that emptied the tables."""
    if app_config.label == "crm_people" and using == "default":
        kinds = app_config.get_model("RelationKind")
        if not kinds.objects.using(using).exists():
            shipping = "kundenkreis.crm.people.migrations.0029_ship_kinds_of_relations"
            import_module(shipping).ship(
                app_config.apps, SimpleNamespace(connection=connections[using])
            )


post_migrate.connect(_ship_again)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """Whether there are databases to go on with: copies of what migrations made before."""
    return _as_usual(request) and databases.prepare(connections.settings)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_keepdb: bool,
    django_db_blocker: Any,
) -> Iterator[None]:
    """The databases, kept for later processes once they are made.

    After each test that empties the tables Django would write its own permissions and names of
    types anew, for every model on both sides. The product asks for neither.
    """
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    if _as_usual(request):
        with django_db_blocker.unblock():
            databases.keep(connections.all(initialized_only=True))
    yield
    if django_db_keepdb:
        connections.close_all()
        databases.forget(connections.settings)


def _as_usual(request: pytest.FixtureRequest) -> bool:
    return not any(map(request.config.getoption, ("reuse_db", "create_db", "nomigrations")))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read the source language, whether or not the translations are compiled here."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_fields_of_others() -> Iterator[None]:
    """What a test defines is rolled back with it; the process must not remember it either."""
    yield
    if (working := sys.modules.get("kundenkreis.records.working")) is not None:
        working.let_go()  # the next test's work has the same numbers
    if (definitions := sys.modules.get("kundenkreis.records.custom.definitions")) is not None:
        definitions.look_again()


@pytest.fixture(autouse=True)
def _nobody_counted() -> Iterator[None]:
    """Attempts to log in are counted in files, which no database takes back with the test."""
    yield
    cache.clear()


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """`shared_data("cdnow")` is the folder of that data set; the test is skipped without it."""

    def folder(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.is_dir():
            pytest.skip(
                f"the data set “{name}” is not here: KUNDENKREIS_SHARED_DATA names its folder"
            )
        return path

    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each test opens contexts of its own, which share nothing."""
    path = browsers.installed()
    if not path:
        pytest.skip(os.environ.get("KUNDENKREIS_TEST_NO_BROWSER") or "there is no Chromium here")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET_BROWSER)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def node() -> str:
    """The path of a Node that is new enough: the machine's, or the one that set-up installed."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(ROOT / ".boot" / "bin")])
    for folder in path.split(os.pathsep):
        program = shutil.which("node", path=folder)
        if program is None:
            continue
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        version = re.match(r"v(\d+)", answer.stdout)
        if version and int(version.group(1)) >= OLDEST_NODE:
            return program
    pytest.skip(f"there is no Node {OLDEST_NODE} or newer here")
