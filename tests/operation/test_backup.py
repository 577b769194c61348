"""A backup is one point of both databases, whole or not there, and closed to whoever lacks the key."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kundenkreis.config import backups, main
from kundenkreis.crm.people.commands import create_person
from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.kernel import clock, events, files, store
from kundenkreis.kernel.backup import keys
from kundenkreis.kernel.backup.archive import Reader
from kundenkreis.kernel.backup.cut import cut, fits
from kundenkreis.kernel.backup.errors import BackupRefused, Damaged, WrongKey
from kundenkreis.kernel.backup.snapshots import Snapshot, open_snapshot
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.link.receiving import reader, receive

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


@pytest.fixture
def key(tmp_path: Path) -> keys.Key:
    (tmp_path / "key").write_text("blue horses sing at noon\n")
    return keys.read(tmp_path / "key")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def _speak() -> None:
    """Marketing has something to tell the crm."""
    with store.group(Side.ENGAGE, "test"):
        events.publish(Touchpoint(uuid4(), "visit", clock.now(), "test:1", {}, f"test:{uuid4()}"))


def made(folder: Path) -> list[str]:
    """What lies there but for copies of a journal, which other tests may have begun."""
    return sorted(one.name for one in folder.iterdir() if not one.name.startswith("journal-"))


def test_what_was_made_reads_back_whole(folder: Path, key: keys.Key) -> None:
    create_person(actor=ANNA, first_name="Jana", last_name="Quellmann")
    name = files.keep(Side.CRM, b"a letter")
    path = backups.take(folder, key)
    said = backups.check(path, key)
    assert said["counts"]["crm"]["crm_people_person"] == 1
    with path.open("rb") as file:
        found = {part: content.read() for part, content in Reader(file, key).parts()}
    assert found[f"crm/media/{name[:2]}/{name[2:]}"] == b"a letter"
    assert b"Quellmann" not in path.read_bytes()  # control: it is in what was opened
    assert any(b"Quellmann" in content for content in found.values())
    assert made(folder) == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_cut_holds_while_everybody_writes(folder: Path, key: keys.Key) -> None:
    stop, problems = threading.Event(), []

    def work(write: object) -> None:
        from django.db import connections

        try:
            while not stop.is_set():
                write()  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(one,)) for one in (_speak, _carry)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            backups.check(backups.take(folder / f"{number}.age", key), key)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not problems


def _carry() -> None:
    receive(Side.CRM)


def test_snapshots_between_which_the_link_moved_do_not_fit() -> None:
    """The control of the cut: engage as it was, and crm as it is after it took a message."""
    _speak()
    receive(Side.CRM)  # the reader has a place of its own
    with open_snapshot(Side.ENGAGE) as engage:
        _speak()
        assert receive(Side.CRM)
        with open_snapshot(Side.CRM) as crm:
            assert not fits({Side.CRM: crm, Side.ENGAGE: engage}, reader)
    with open_snapshot(Side.CRM) as crm, open_snapshot(Side.ENGAGE) as engage:
        assert fits({Side.CRM: crm, Side.ENGAGE: engage}, reader)


def test_it_opens_both_anew_until_they_fit() -> None:
    """What the crm sent and marketing took between the two is not caught half."""
    calls: list[int] = []

    def moving() -> None:
        calls.append(len(calls))
        if len(calls) == 1:  # the crm's snapshot is open, the other not yet
            with store.group(Side.CRM, "test"):
                events.publish(_fact())
            assert receive(Side.ENGAGE)

    with cut(reader, between=moving) as found:
        assert fits(found, reader)
        assert _taken(found[Side.ENGAGE]) == found[Side.CRM].sent()
    assert len(calls) == 4


def _fact() -> object:
    from kundenkreis.crm.people.events import PersonRestricted

    return PersonRestricted(link_id=uuid4(), restricted=True)


def _taken(snapshot: Snapshot) -> object:
    return snapshot.position(reader(Side.ENGAGE))


def test_another_key_opens_nothing(folder: Path, key: keys.Key, tmp_path: Path) -> None:
    path = backups.take(folder, key)
    (tmp_path / "other").write_text("red horses sing at noon\n")
    with pytest.raises(WrongKey, match="does not open"):
        backups.check(path, keys.read(tmp_path / "other"))
    assert main.main(["backup", "--check", str(path), "--key", str(tmp_path / "other")]) == 3


def test_what_is_altered_or_cut_short_is_found(folder: Path, key: keys.Key, tmp_path: Path) -> None:
    path = backups.take(folder, key)
    whole = path.read_bytes()
    for at in (30, 400, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((Damaged, WrongKey)):
            backups.check(path, key)
    for left in (0, 20, 300, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:left])
        with pytest.raises(Damaged):
            backups.check(path, key)
    assert main.main(["backup", "--check", str(path), "--key", str(tmp_path / "key")]) == 4


def test_only_the_newest_are_kept(
    folder: Path, key: keys.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "kundenkreis-notes.txt").write_text("stays")
    for number in range(4):
        monkeypatch.setattr(backups, "_stamp", lambda number=number: f"2026112{number}T000000Z")
        last = backups.take(folder, key, keep=2)
    left = made(folder)
    assert left[-1] == "kundenkreis-notes.txt"
    assert [name[12:20] for name in left[:-1]] == ["20261122", "20261123"]
    assert last.exists()


def test_without_a_key_there_is_no_backup(folder: Path) -> None:
    with pytest.raises(BackupRefused, match="No key"):
        backups.key_of(None)
    assert main.main(["backup", str(folder)]) == 1
    assert not list(folder.iterdir())


@pytest.mark.parametrize("room", [60_000, 300_000])
def test_a_full_disk_leaves_nothing_behind(folder: Path, key: keys.Key, room: int) -> None:
    """Whether the copy of a database has no room, or the backup itself."""
    files.keep(Side.CRM, os.urandom(1_000_000))
    before = _soft_limit(room)
    try:
        with pytest.raises(BackupRefused, match="no room"):
            backups.take(folder, key)
    finally:
        _soft_limit(before)
    assert not list(folder.iterdir())
    assert not list(files.path_of(Side.CRM, "0" * 64).parents[2].rglob(".backup-*"))
    backups.check(backups.take(folder, key), key)  # and with room it goes on


def _soft_limit(size: int) -> int:
    """How long a file may get in this process; returns how long it might before."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    return soft
