"""An upgrade ends with the new version's state or the exact old one, on both sides together."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from kundenkreis.config import env, installation, smoke, upgrading
from kundenkreis.config.upgrading import UpgradeFailed, upgrade
from kundenkreis.crm.people.commands import create_person
from kundenkreis.kernel import audit, held, journal
from kundenkreis.kernel.backup import keys, running
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)

# What was not there in the version before; taken back and brought again by each test.
BEFORE = (
    ("default", "crm_accounts", "0010"),
    ("default", "kernel", "0013"),
    ("engage", "kernel", "0013"),
)
NEW = ("crm_accounts_company", "kernel_hold.why")


@pytest.fixture
def key(tmp_path: Path) -> keys.Key:
    (tmp_path / "key").write_text("blue horses sing at noon\n")
    return keys.read(tmp_path / "key")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture(autouse=True)
def _version_before() -> Iterator[None]:
    installation.bring_up()
    journal.begin()
    for alias, app, name in BEFORE:
        call_command("migrate", app, name, database=alias, verbosity=0)
    yield
    for side in Side:
        call_command("migrate", database=side.alias, verbosity=0)
        journal.path(side).unlink(missing_ok=True)


def tables() -> dict[str, set[str]]:
    """The columns of every table of both sides."""
    found = {}
    for side in Side:
        connection = connections[side.alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                described = connection.introspection.get_table_description(cursor, table)
                found[f"{side}.{table}"] = {one.name for one in described}
    return found


def people() -> list[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT last_name FROM crm_people_person ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def is_new() -> bool:
    return "why" in tables()["crm.kernel_hold"]


def nothing() -> None:
    """An attempt that finds nothing wrong."""


def test_what_was_there_is_there_in_the_new_version(key: keys.Key, place: Path) -> None:
    create_person(actor=ANNA, last_name="Bleibt")
    assert upgrade(place, key, attempt=smoke.read_everything) == 0
    assert is_new()
    assert "crm.crm_accounts_company" in tables()
    assert people() == ["Bleibt"]
    assert not held.anywhere()
    assert not held.on_trial()
    (entry,) = AuditEntry.objects.using("default").filter(action="upgrade")
    assert entry.target == held.TARGET
    for side in Side:
        assert not list(audit.verify(side))
    assert len(list(place.glob("*.age"))) == 1
    assert upgrade(place, key) == 0  # nothing is left to do
    assert len(list(place.glob("*.age"))) == 1


def fails(*_given: Any, **_named: Any) -> None:
    raise RuntimeError("this migration cannot be done")


@pytest.mark.parametrize("side", list(Side))
def test_a_migration_that_fails_leaves_the_old_state_of_both_sides(
    key: keys.Key, place: Path, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_person(actor=ANNA, last_name="Bleibt")
    before, migrate = tables(), installation._migrate
    monkeypatch.setattr(
        installation, "_migrate", lambda one: fails() if one is side else migrate(one)
    )
    with pytest.raises(UpgradeFailed, match="cannot be done"):
        upgrade(place, key, attempt=nothing)
    assert tables() == before
    assert people() == ["Bleibt"]
    assert not list(env.folder(Side.CRM).glob("restoring"))


def test_what_does_not_answer_does_not_take_its_place(key: keys.Key, place: Path) -> None:
    before = tables()
    with pytest.raises(UpgradeFailed):
        upgrade(place, key, attempt=fails)
    assert tables() == before


def test_migrating_in_place_would_have_left_one_side_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the same failure without an installation beside."""
    migrate = installation._migrate
    monkeypatch.setattr(
        installation, "_migrate", lambda one: fails() if one is Side.ENGAGE else migrate(one)
    )
    with pytest.raises(RuntimeError):
        installation.bring_up()
    found = tables()
    assert "why" in found["crm.kernel_hold"]
    assert "why" not in found["engage.kernel_hold"]


def test_it_only_looks_when_told_so(
    key: keys.Key, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tables()
    assert upgrade(place, key, only_look=True) == 0
    assert "crm_accounts.0011_know_the_company" in capsys.readouterr().out
    assert tables() == before
    assert not list(place.iterdir())


def test_it_refuses_while_the_product_runs(key: keys.Key, place: Path) -> None:
    with running.shared(env.folder(Side.ENGAGE)), pytest.raises(BackupRefused, match="running"):
        upgrade(place, key, attempt=nothing)
    assert not is_new()


def test_it_refuses_without_room_or_a_folder(
    key: keys.Key, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackupRefused, match="no folder"):
        upgrade(place / "missing", key)
    monkeypatch.setattr(upgrading, "COPIES", 10**9)
    monkeypatch.setattr(upgrading, "_size", lambda _side: 1 << 20)
    with pytest.raises(BackupRefused, match="not enough room"):
        upgrade(place, key, attempt=nothing)
    assert not list(place.iterdir())


def test_it_refuses_what_a_newer_version_made(
    key: keys.Key, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = upgrading._applied
    monkeypatch.setattr(
        upgrading, "_applied", lambda side: [*known(side), ("kernel", "9999_from_tomorrow")]
    )
    with pytest.raises(BackupRefused, match="newer"):
        upgrade(place, key)


def test_what_an_app_left_that_is_gone_is_of_no_newer_version(key: keys.Key, place: Path) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE django_session (session_key varchar(40))")
        cursor.execute("INSERT INTO django_session VALUES ('left')")
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('sessions', '0001_initial', '2026-11-01')"
        )
    try:
        assert upgrade(place, key, attempt=nothing) == 0
        assert is_new()
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS django_session")
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")


def test_by_the_command_with_its_processes_really_started(tmp_path: Path) -> None:
    """A real installation, its log-in page asked for on a port of its own before it is switched."""
    home, place, secret = tmp_path / "home", tmp_path / "backups", tmp_path / "key"
    place.mkdir()
    secret.write_text("blue horses sing at noon\n")
    known = {name: value for name, value in os.environ.items() if "KUNDENKREIS" not in name}
    # Nothing is written but to the folders of the sides: in containers all else is read-only.
    known |= {"KUNDENKREIS_HOME": str(tmp_path / "nowhere"), "LANG": "C"}
    known |= {f"KUNDENKREIS_{side.upper()}_HOME": str(home / side) for side in Side}
    known.pop("DJANGO_SETTINGS_MODULE", None)

    def run(*arguments: str, module: str = "kundenkreis.config.main", code: int = 0) -> str:
        inner = {"DJANGO_SETTINGS_MODULE": "kundenkreis.config.settings.inner"}
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments], capture_output=True, text=True,
            env=known | (inner if module == "django" else {}), timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    run("setup")
    for side in Side:  # the version before knew no trial
        with closing(sqlite3.connect(home / side / f"{side}.sqlite3")) as file, file:
            file.execute("DELETE FROM kernel_hold")
    for alias, app, name in BEFORE:
        run("migrate", app, name, "--database", alias, "-v0", module="django")
    assert "know_the_company" in run("upgrade", str(place), "--key", str(secret), "--check")
    known["KUNDENKREIS_ADDRESS"] = "192.0.2.1"  # nobody can listen there
    assert "exactly as it was" in run("upgrade", str(place), "--key", str(secret), code=1)
    known["KUNDENKREIS_ADDRESS"] = "127.0.0.1"
    assert "The installation is that of" in run("upgrade", str(place), "--key", str(secret))
    assert "as version" in run("upgrade", str(place), "--key", str(secret))
    assert not (tmp_path / "nowhere").exists()
