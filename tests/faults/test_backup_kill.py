"""A backup or a restore is killed at every step that changes the disk: what is there afterwards is
the old state, the new one, or one that is brought to its end."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from kundenkreis.config import backups, env, installation, restoring
from kundenkreis.crm.people.commands import create_person
from kundenkreis.kernel import audit, held, journal
from kundenkreis.kernel.backup import keys, running, staging
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = [
    pytest.mark.django_db(databases=BOTH, transaction=True),
    pytest.mark.fault,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

STEPS = ((os, "fsync"), (Path, "replace"), (Path, "rename"), (shutil, "rmtree"))
MOST = 60


@pytest.fixture
def key(tmp_path: Path) -> keys.Key:
    (tmp_path / "key").write_text("blue horses sing at noon\n")
    return keys.read(tmp_path / "key")


@pytest.fixture(autouse=True)
def _own_journal() -> Iterator[None]:
    installation.bring_up()
    journal.begin()
    yield
    for side in Side:
        journal.path(side).unlink(missing_ok=True)


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Run something in a process of its own that is killed before its n-th step; whether it was."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            _arm(step)
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return os.WIFSIGNALED(status)


def _arm(step: int) -> None:
    left = [step]

    def dying(real: Any) -> Any:
        def run(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return run

    for place, name in STEPS:
        setattr(place, name, dying(getattr(place, name)))


def people() -> set[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT last_name FROM crm_people_person")
        return {name for (name,) in cursor.fetchall()}


def test_a_restore_killed_anywhere_leaves_the_old_state_or_the_new(
    tmp_path: Path, key: keys.Key
) -> None:
    create_person(actor=ANNA, last_name="Gesichert")
    path = backups.take(tmp_path / "backup.age", key)
    create_person(actor=ANNA, last_name="Danach")
    old, new, seen = {"Gesichert", "Danach"}, {"Gesichert"}, []
    # On a server every restore makes all tables anew: not each step is tried there.
    stride = 1 if connections["default"].vendor == "sqlite" else 4
    for step in range(1, MOST, stride):
        was_killed = killed_at(step, lambda: restoring.restore(path, key, replace=True))
        if staging.is_switching():
            with (
                pytest.raises(BackupRefused, match="cut off"),
                running.shared(env.folder(Side.ENGAGE)),
            ):
                pass
            staging.roll_forward()
            assert people() == new
            seen.append("finished")
        else:
            seen.append("new" if people() == new else "old")
        assert people() in (old, new)
        assert held.is_held(Side.CRM) is (people() == new)
        if people() == new and was_killed:
            create_person(actor=ANNA, last_name="Danach")
            held.release(actor=ANNA)
        if not was_killed:
            break
    assert not was_killed
    assert people() == new
    assert {"old", "finished"} <= set(seen) or stride > 1, seen
    assert not list(settings.FOLDERS[Side.CRM].glob("restoring"))
    assert not [found for side in Side for found in audit.verify(side)]


def test_a_backup_killed_anywhere_is_whole_or_not_there(tmp_path: Path, key: keys.Key) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    path, seen = folder / "nightly.tar.gz.age", []
    for step in range(1, MOST):
        was_killed = killed_at(step, lambda: backups.take(path, key))
        seen.append(path.exists())
        if path.exists():
            backups.check(path, key)
        if not was_killed:
            break
        path.unlink(missing_ok=True)
    assert seen[0] is False
    assert seen[-1] is True
    assert not [one for one in folder.iterdir() if one.name.endswith(".part")]


def test_a_full_disk_leaves_the_old_state(tmp_path: Path, key: keys.Key) -> None:
    create_person(actor=ANNA, last_name="Gesichert")
    path = backups.take(tmp_path / "backup.age", key)
    create_person(actor=ANNA, last_name="Danach")
    if connections["default"].vendor != "sqlite":
        pytest.skip("the server's disk is not ours to fill")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        with pytest.raises(BackupRefused, match="no room"):
            restoring.restore(path, key, replace=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert people() == {"Gesichert", "Danach"}
    restoring.restore(path, key, replace=True)  # the control
    assert people() == {"Gesichert"}
