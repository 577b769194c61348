"""`kundenkreis upgrade`: the installation as this version wants it, or exactly as it was.

It looks whether it can be done, makes a backup, brings that up to date beside the installation and
tries it there; only then it takes its place, in one step and on both sides together. What fails or
is cut off before has touched nothing, so there is nothing to be taken back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from kundenkreis import __version__
from kundenkreis.config import backups, env, installation, smoke
from kundenkreis.config.restoring import left_alone_on_error, unpack
from kundenkreis.kernel import audit, held, journal
from kundenkreis.kernel.access import system
from kundenkreis.kernel.backup import keys, loading, running, staging
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

ACTOR = system("upgrade")
MEBI = 1024 * 1024
# Beside a database lie its copy while the backup is read, the new one, and what its changes write.
COPIES = 3


def upgrade(
    place: Path, key: keys.Key, *, only_look: bool = False, attempt: Callable[[], None] = smoke.run
) -> int:
    """Bring the installation up to date. Raises `BackupRefused`, `UpgradeFailed`, `WrongKey`; then
    nothing has changed. `attempt` tries what was gathered, and raises what it finds."""
    with running.alone(env.folder(Side.ENGAGE)), left_alone_on_error():
        if staging.is_switching():
            staging.roll_forward()
        steps = look(place)
        for side, names in steps.items():
            _say(f"{side}: {len(names)} changes of its tables" + "".join(f"\n  {n}" for n in names))
        if not any(steps.values()):
            _say(f"Everything is as version {__version__} wants it.")
            return 0
        if only_look:
            return 0
        path = backups.take(place, key)
        staging.begin()
        unpack(path, key)
        with staging.instead(), _failing(path):
            bring_up(steps)
            attempt()
        staging.switch()
        installation.share()
    _say(f"The installation is that of version {__version__}. The state before is in {path}.")
    return 0


def look(place: Path) -> dict[Side, list[str]]:
    """What would be changed on each side. Raises `BackupRefused` for what stands in the way."""
    if any(map(loading.is_empty, Side)):
        raise BackupRefused(
            _("There is no installation yet."), "", _("Create one: “kundenkreis setup”.")
        )
    if newer := sorted({name for side in Side for name in loading.unknown(_applied(side))}):
        raise BackupRefused(
            _("The installation is of a newer version."),
            _("This version does not know %s.") % ", ".join(newer[:3]),
            _("Update the product first."),
        )
    if not place.is_dir():
        raise BackupRefused(
            _("There is no folder “%s”.") % place, "", _("Make it, or name another place.")
        )
    for folder, need in _room(place):
        free = shutil.disk_usage(folder).free
        _say(f"{folder}: {free / MEBI:.0f} MiB free, up to {need / MEBI:.0f} needed")
        if free < need:
            raise BackupRefused(
                _("There is not enough room in “%s”.") % folder,
                _("%(need)d MiB are needed, and %(free)d are free.")
                % {"need": need // MEBI + 1, "free": free // MEBI},
                _("Make room, or name another place."),
            )
    _tell_of_jobs()
    return {side: _missing(side) for side in Side}


def bring_up(steps: dict[Side, list[str]]) -> None:
    """What was gathered, as this version wants it."""
    for side in Side:
        journal.add_missing(side, env.folder(side) / journal.NAME)
    journal.begin()
    installation.bring_up()
    for side, names in steps.items():
        with unit_of_work(side, "kernel.upgrade"):
            said = {"version": [None, __version__], "changes": [None, names]}
            audit.note(ACTOR, "upgrade", held.TARGET, said)


class UpgradeFailed(BackupRefused):
    """What went wrong beside the installation, which is as it was."""


@contextmanager
def _failing(backup: Path) -> Iterator[None]:
    """Say of whatever goes wrong inside that nothing has changed."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and staging.is_full(error):
            raise
        raise UpgradeFailed(
            _("The upgrade failed: %s") % (str(error) or type(error).__name__),
            _("It was tried beside the installation, which is exactly as it was."),
            _("Start the version before again. A backup is in %s.") % backup,
        ) from error


def _applied(side: Side) -> list[tuple[str, str]]:
    loader = MigrationExecutor(connections[side.alias]).loader
    return sorted(loader.applied_migrations)


def _missing(side: Side) -> list[str]:
    executor = MigrationExecutor(connections[side.alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def _room(place: Path) -> Iterator[tuple[Path, int]]:
    """How many bytes have to be free in which folders, those of one disk together."""
    needs: dict[int, tuple[Path, int]] = {}
    sizes = {side: _size(side) for side in Side}
    wanted = [(place, sum(sizes.values()))]
    wanted += [(env.folder(side), COPIES * sizes[side]) for side in Side]
    for folder, need in wanted:
        first, sum_ = needs.get(folder.stat().st_dev, (folder, 0))
        needs[folder.stat().st_dev] = (first, sum_ + need)
    yield from needs.values()


def _size(side: Side) -> int:
    """Bytes of a side's files; what a server has of it is on its own disk."""
    folders = (env.folder(side) / name for name in staging.FOLDERS)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    if connections[side.alias].vendor == "sqlite":
        files.append(Path(str(connections[side.alias].settings_dict["NAME"])))
    return sum(path.stat().st_size for path in files)


def _tell_of_jobs() -> None:
    for side in Side:
        if waiting := loading.waiting_jobs(side):
            _say(f"{side}: {waiting} jobs go on afterwards")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
