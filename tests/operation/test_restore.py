"""The drill: a backup while writes go on, more happens, all is destroyed, restored and compared."""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from kundenkreis.config import backups, env, main, restoring
from kundenkreis.crm.accounts.models import Session
from kundenkreis.crm.people import contact_commands, permissions, restricting
from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import ContactDetail, ContactPermission, Person, Restriction
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import Activity
from kundenkreis.dossier.tests.people import Planted, plant, word
from kundenkreis.dossier.tests.test_erasure import erased
from kundenkreis.dossier.tests.test_rectification import changed, rectified
from kundenkreis.engage.consent.commands import Statement, record_statements
from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.kernel import audit, clock, events, files, held, journal, relay, store
from kundenkreis.kernel.backup import keys
from kundenkreis.kernel.backup.errors import BackupRefused, Damaged, WrongKey
from kundenkreis.kernel.backup.snapshots import open_snapshot
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, CARLA, SYSTEM
from kundenkreis.link.applying import apply_due
from kundenkreis.link.receiving import receive
from kundenkreis.records import named, write

pytestmark = [
    pytest.mark.django_db(databases=BOTH, transaction=True),
    pytest.mark.usefixtures("own_journal"),
]


@pytest.fixture
def _once() -> None:
    """For what is the same with both: on a server every restore makes all tables anew."""
    if connections["default"].vendor != "sqlite":
        pytest.skip("does not depend on the kind of database")


@dataclass
class Company:
    """Some people, and what is expected of them after the drill."""

    gone: Planted
    wrong: str
    note: str
    corrected: Person
    restricted: Person
    silent: Person
    reader: str


def found_company() -> Company:
    wrong, reader = word("Falsch"), f"{word('leser')}@example.org"
    corrected = create_person(
        actor=ANNA, last_name=wrong, first_name="Jana", email=f"{wrong.lower()}@example.org"
    )
    note = word("notiz")
    add_activity(actor=ANNA, text=note, kind="note", about=corrected)
    restricted = create_person(actor=ANNA, last_name="Ruhe", first_name="Ruth")
    silent = create_person(actor=ANNA, last_name="Still", first_name="Otto")
    say(reader, granted=True)
    files.keep(Side.CRM, b"a letter that stays")
    return Company(plant(), wrong, note, corrected, restricted, silent, reader)


def say(address: str, *, granted: bool) -> None:
    statement = Statement("email", address, "newsletter", "email", granted, clock.now(), "staff")
    record_statements(actor=SYSTEM, statements=[statement])


def go_on(company: Company) -> None:
    """What happens between the backup and the end."""
    changed(company.corrected, last_name="Richtig")
    detail = ContactDetail.objects.get(person=company.corrected)
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value="jana@example.org"
    )
    write.change(
        named("activity"), ANNA, Activity.objects.get(text=company.note).pk, None, {"text": "?"}
    )
    assert len(rectified(company.corrected, "last_name", "email", "activity.text")) == 3
    restricting.restrict_person(
        actor=ANNA, person_id=company.restricted.pk, reason=restricting.Reason.CONTESTED
    )
    permissions.record_objection(
        actor=ANNA, person_id=company.silent.pk, channel="phone", purpose=""
    )
    say(company.reader, granted=False)
    create_person(actor=ANNA, last_name="Späterer", first_name="Sven")
    erased(company.gone)


def destroy() -> None:
    """No database, no files; what lies beside them stays."""
    for side in Side:
        connection = connections[side.alias]
        if connection.vendor == "sqlite":
            path = Path(str(connection.settings_dict["NAME"]))
            connection.close()
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        else:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.close()
        shutil.rmtree(settings.FOLDERS[side] / "media", ignore_errors=True)


def everything() -> bytes:
    """All that the installation's files say; of a server what its tables do."""
    said = bytearray()
    for side in Side:
        for path in settings.FOLDERS[side].rglob("*"):
            if path.is_file():
                said += path.read_bytes()
        if connections[side.alias].vendor == "sqlite":
            name = Path(str(connections[side.alias].settings_dict["NAME"]))
            for path in name.parent.glob(f"{name.name}*"):
                said += path.read_bytes()
        with open_snapshot(side) as snapshot:
            for part in snapshot.parts():
                with part.content:
                    said += part.content.read()
    return bytes(said).lower()


def where(company: Company) -> list[str]:
    """Which of the words that must not come back are there."""
    said = everything()
    words = [company.wrong, company.note, *company.gone.words.values()]
    return [one for one in words if one.lower().encode() in said]


def expected() -> dict[str, Any]:
    """The state in plain rows, read past the product's own queries."""
    found: dict[str, Any] = {}
    for alias, table, columns in (
        ("default", "crm_people_person", "id, first_name, last_name, customer_number"),
        ("default", "crm_people_contactdetail", "id, person_id, kind, value"),
        ("default", "crm_sales_order", "id, source, number, gross_minor"),
        ("engage", "engage_profiles_profile", "id, traits"),
        ("engage", "engage_consent_consententry", "id, subject, purpose, decision"),
    ):
        with connections[alias].cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")  # noqa: S608
            found[table] = [tuple(map(str, row)) for row in cursor.fetchall()]
    return found


def test_the_drill(tmp_path: Path, key: keys.Key, capsys: pytest.CaptureFixture[str]) -> None:
    company = found_company()
    Session.objects.create(
        session_key="s", session_data="x", expire_date=clock.now(), seen_at=clock.now()
    )
    assert len(where(company)) == 2 + len(company.gone.words)
    before = expected()
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(stop,))
    writer.start()
    try:
        path = backups.take(tmp_path / "backup.age", key)
    finally:
        stop.set()
        writer.join()
    go_on(company)
    destroy()
    assert restoring.restore(path, key) == 0

    after = expected()
    gone, corrected = str(company.gone.person.pk), str(company.corrected.pk)
    people = [row for row in before["crm_people_person"] if row[0] != gone]
    people = [(row[0], row[1], "" if row[0] == corrected else row[2], row[3]) for row in people]
    written = [row for row in after["crm_people_person"] if row[2] == "Nebenher"]
    assert [row for row in after["crm_people_person"] if row not in written] == people
    assert after["crm_sales_order"] == before["crm_sales_order"]
    lost = {gone, corrected}
    assert after["crm_people_contactdetail"] == [
        row for row in before["crm_people_contactdetail"] if row[1] not in lost
    ]
    assert where(company) == []
    assert Restriction.objects.filter(person=company.restricted.pk).exists()
    spoken = ContactPermission.objects.filter(channel="phone", granted=False)
    assert spoken.filter(subject_kind="person").exists()
    assert not ConsentState.objects.get(subject=company.reader).granted
    assert not Session.objects.exists()
    assert files.there(Side.CRM, files.keep(Side.CRM, b"a letter that stays"))
    for side in Side:
        assert list(audit.verify(side)) == []
        entries = AuditEntry.objects.using(side.alias)
        assert entries.filter(command="kernel.restore", action="restore").count() == 1
    assert main.main(["verify-audit"]) == 0
    assert "1 erasures, 3 corrections, 1 restrictions, 2 objections" in capsys.readouterr().out


def _write(stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            create_person(actor=SYSTEM, last_name="Nebenher", first_name="Nina")
    finally:
        connections.close_all()


def test_without_the_journal_they_all_come_back(tmp_path: Path, key: keys.Key) -> None:
    """The control of the drill; and the product says so, and asks."""
    company = found_company()
    path = backups.take(tmp_path / "backup.age", key)
    go_on(company)
    destroy()
    for side in Side:
        journal.path(side).unlink()
    with pytest.raises(BackupRefused, match="no journal"):
        restoring.restore(path, key)
    assert not list(settings.FOLDERS[Side.CRM].glob("restoring"))
    restoring.restore(path, key, without_journal=True)
    assert len(where(company)) == 2 + len(company.gone.words)
    assert ConsentState.objects.get(subject=company.reader).granted


@pytest.mark.usefixtures("_once")
def test_the_journal_of_another_installation_is_none(tmp_path: Path, key: keys.Key) -> None:
    path = backups.take(tmp_path / "backup.age", key)
    for side in Side:
        journal.path(side).write_text('{"kind": "begun", "at": "2026-01-01", "by": "another"}\n')
    with pytest.raises(BackupRefused, match="no journal"):
        restoring.restore(path, key, replace=True)


@pytest.mark.usefixtures("_once")
def test_a_copy_of_the_journal_does_as_well(tmp_path: Path, key: keys.Key) -> None:
    company = found_company()
    path = backups.take(tmp_path / "backup.age", key)
    go_on(company)
    backups.take(tmp_path / "later.age", key)
    destroy()
    for side in Side:
        journal.path(side).unlink()
    copies = [tmp_path / f"journal-{side}.jsonl" for side in Side]
    restoring.restore(path, key, journals=copies)
    assert where(company) == []
    taken_over = {json.dumps(one, sort_keys=True) for one in journal.read(journal.path(Side.CRM))}
    assert taken_over >= {json.dumps(one, sort_keys=True) for one in journal.read(copies[0])}


def test_the_journal_names_nobody(tmp_path: Path, key: keys.Key) -> None:
    company = found_company()
    go_on(company)
    said = "".join(journal.path(side).read_text() for side in Side).lower()
    kinds = {one["kind"] for side in Side for one in journal.read(journal.path(side))}
    assert kinds == {"begun", "erased", "rectified", "restricted", "objected", "withdrawn"}
    names = [
        company.wrong,
        company.note,
        company.reader,
        "ruth",
        "otto",
        *company.gone.words.values(),
    ]
    assert [one for one in names if one.lower() in said] == []


def test_nothing_leaves_until_it_is_released(tmp_path: Path, key: keys.Key) -> None:
    with store.group(Side.ENGAGE, "test"):
        events.publish(Touchpoint(uuid.uuid4(), "visit", clock.now(), "t:1", {}, "held:1"))
    path = backups.take(tmp_path / "backup.age", key)
    restoring.restore(path, key, replace=True)
    steps = [
        lambda: relay.relay(Side.ENGAGE),
        lambda: receive(Side.CRM),
        lambda: apply_due(Side.CRM),
    ]
    assert [one() for one in steps] == [0, 0, 0]
    assert held.held(ANNA) is not None
    assert held.held(CARLA) is None
    with pytest.raises(NotAllowed):
        held.release(actor=CARLA)
    assert main.main(["release"]) == 0
    assert [bool(one()) for one in steps] == [True, True, True]  # the control
    assert main.main(["release"]) == 1
    for side in Side:
        assert AuditEntry.objects.using(side.alias).filter(action="release").count() == 1


def test_what_cannot_be_restored_changes_nothing(tmp_path: Path, key: keys.Key) -> None:
    create_person(actor=ANNA, last_name="Bleibt", first_name="Bea")
    path = backups.take(tmp_path / "backup.age", key)
    before = expected()
    with pytest.raises(BackupRefused, match="installation already"):
        restoring.restore(path, key)
    (tmp_path / "other").write_text("red horses sing at noon\n")
    with pytest.raises(WrongKey):
        restoring.restore(path, keys.read(tmp_path / "other"), replace=True)
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[: len(whole) // 2], whole[:-9] + b"\0" + whole[-8:]):
        path.write_bytes(broken)
        with pytest.raises(Damaged):
            restoring.restore(path, key, replace=True)
    assert expected() == before
    assert not held.anywhere()
    assert not list(settings.FOLDERS[Side.CRM].glob("restoring"))
    path.write_bytes(whole)
    restoring.restore(path, key, replace=True)  # the control
    assert expected() == before


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path, key: keys.Key) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_later', %s)",
            [clock.now()],
        )
    try:
        path = backups.take(tmp_path / "backup.age", key)
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    with pytest.raises(BackupRefused, match="newer version"):
        restoring.restore(path, key, replace=True)


def test_while_the_product_runs_nothing_is_restored(tmp_path: Path, key: keys.Key) -> None:
    from kundenkreis.kernel.backup import running

    path = backups.take(tmp_path / "backup.age", key)
    with running.shared(env.folder(Side.ENGAGE)), pytest.raises(BackupRefused, match="running"):
        restoring.restore(path, key, replace=True)


def test_on_another_server_what_is_on_its_way_still_arrives(tmp_path: Path, key: keys.Key) -> None:
    """A server whose transactions are numbered lower would take the messages for running ones."""
    if connections["engage"].vendor != "postgresql":
        pytest.skip("SQLite does not number transactions")
    receive(Side.CRM)
    with store.group(Side.ENGAGE, "test"):
        events.publish(Touchpoint(uuid.uuid4(), "visit", clock.now(), "t:1", {}, "later:1"))
    with connections["engage"].cursor() as cursor:
        cursor.execute("UPDATE kernel_outboxmessage SET tx = tx + 1000000")
        cursor.execute("UPDATE kernel_auditentry SET tx = tx + 1000000")
    assert receive(Side.CRM) == 0  # the control
    path = backups.take(tmp_path / "backup.age", key)
    restoring.restore(path, key, replace=True)
    held.release(actor=ANNA)
    assert receive(Side.CRM) == 1
    assert list(audit.verify(Side.ENGAGE)) == []
