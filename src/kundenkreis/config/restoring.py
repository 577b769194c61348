"""`kundenkreis restore`: what a backup holds in the place of what is there, or of nothing.

It is gathered beside the installation, brought up to date there, and the journal is played on it;
only then it takes its place, in one step. Whatever goes wrong before leaves all as it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.db import connections
from django.utils.translation import gettext as _

from kundenkreis.config import env, installation
from kundenkreis.config.backups import opened, read_about
from kundenkreis.dossier import erasing
from kundenkreis.dossier.replaying import Replayed, replay_all
from kundenkreis.kernel import audit, held, journal, scrubbing
from kundenkreis.kernel.access import system
from kundenkreis.kernel.backup import keys, loading, running, sqlite, staging
from kundenkreis.kernel.backup.age import damaged
from kundenkreis.kernel.backup.archive import ABOUT, MANIFEST, PIECE, Reader, read_note
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.backup.sqlite import DATABASE, no_room
from kundenkreis.kernel.sides import Side

ACTOR = system("restore")
Journals = Mapping[Side, Sequence[Path]]


def restore(
    path: Path,
    key: keys.Key,
    *,
    replace: bool = False,
    journals: Sequence[Path] = (),
    without_journal: bool = False,
) -> int:
    """Restore a backup; nothing leaves until it is released.

    Raises `BackupRefused`, `WrongKey`, `Damaged`; then nothing has changed.
    """
    with running.alone(env.folder(Side.ENGAGE)), left_alone_on_error():
        if staging.is_switching():
            staging.roll_forward()
        if not replace and not all(map(loading.is_empty, Side)):
            raise BackupRefused(
                _("There is an installation already."),
                _("A restore would put another state in its place."),
                _("Make a backup of it first, and say --replace; or name another folder."),
            )
        staging.begin()
        about = unpack(path, key)
        known = {side: [env.folder(side) / journal.NAME, *journals] for side in Side}
        with staging.instead():
            if not without_journal:
                _require_journal(known)
            replayed = _bring_up(datetime.fromisoformat(about["at"]), known)
        staging.switch()
        installation.share()
    _tell(about, replayed)
    return 0


def _require_journal(known: Journals) -> None:
    """The secrets are those of the backup: a journal by another is another installation's."""
    if all(any(journal.is_of(path, side) for path in known[side]) for side in Side):
        return
    raise BackupRefused(
        _("There is no journal of what was backed up."),
        _(
            "Without it nobody knows who was erased, whose values were corrected, and who objected "
            "since the backup was made; they would all come back as they were."
        ),
        _("Name its copies: --journal FILE; or say --without-journal if there are none any more."),
    )


def unpack(path: Path, key: keys.Key) -> dict[str, Any]:
    """Put everything beside the installation; returns what the backup says of itself."""
    about: dict[str, Any] = {}
    places = {side: staging.folder(side) for side in Side}
    with opened(path) as file, staging.instead(), ExitStack() as stack:
        archive, tables = Reader(file, key), {}
        with closing(archive.parts()) as parts:
            for name, content in parts:
                if name == ABOUT:
                    about = read_about(read_note(content))
                    _require_fitting(about)
                    tables = _tables(about, stack)
                elif name != MANIFEST:
                    side, _slash, rest = name.partition("/")
                    if rest.startswith("tables/"):
                        tables[Side(side)](rest.split("/")[1], content)
                    else:
                        _copy(content, places[Side(side)] / rest)
    for side, place in places.items():
        copy = place / DATABASE
        if copy.exists() and not sqlite.sound(copy, archive.manifest["counts"][side]):
            raise damaged()
    return about


def _tables(about: dict[str, Any], stack: ExitStack) -> dict[Side, Any]:
    """What takes the rows of each side that is kept on a server; committed when the stack ends."""
    sides = [side for side in Side if about["sides"][side]["vendor"] == "postgresql"]
    for side in sides:
        loading.migrate_to(side, about["sides"][side]["migrations"])
    return {side: stack.enter_context(loading.rows(side, about["sides"][side])) for side in sides}


def _require_fitting(about: dict[str, Any]) -> None:
    for side in Side:
        said = about["sides"][side]
        if said["vendor"] != connections[side.alias].vendor:
            raise BackupRefused(
                _("The backup is of another kind of database."),
                _("It was made of %(there)s, and this installation has %(here)s.")
                % {"there": said["vendor"], "here": connections[side.alias].vendor},
                _("Restore it with the same kind of database."),
            )
        if newer := loading.unknown(said["migrations"]):
            raise BackupRefused(
                _("The backup was made by a newer version."),
                _("This version does not know %s.") % ", ".join(newer[:3]),
                _("Update the product first."),
            )


def _copy(content: IO[bytes], path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while data := content.read(PIECE):
            file.write(data)
        os.fsync(file.fileno())


def _bring_up(backup_at: datetime, known: Journals) -> Replayed:
    """All that has to be done before anybody may look."""
    for side in Side:
        loading.end_sessions(side)
        for other in known[side]:
            journal.add_missing(side, other)
    journal.begin()
    installation.bring_up()
    for side in Side:  # only now: the backup may be from before there was anything to hold by
        held.hold(side, actor=ACTOR, backup_at=backup_at)
    replayed = replay_all()
    for side in Side:
        scrubbing.scrub(side, erasing.tables(side))
        while audit.seal(side):
            pass
        for found in audit.verify(side):
            _say(f"{side}: audit row {found.entry_id} is {found.what}")
    return replayed


@contextmanager
def left_alone_on_error() -> Iterator[None]:
    """Leave nothing of what was gathered where it did not take its place."""
    try:
        yield
    except OSError as error:
        if not staging.is_full(error):
            raise
        raise no_room() from error
    finally:
        if not staging.is_switching():
            staging.clear()


def _tell(about: dict[str, Any], replayed: Replayed) -> None:
    _say(f"The state of {about['at']} is restored; everybody has to log in anew.")
    _say(
        f"Done again: {replayed.erased} erasures, {replayed.rectified} corrections, "
        f"{replayed.restricted} restrictions, {replayed.objected + replayed.withdrawn} objections."
    )
    _say(f"Taken again: log-ins, rights and tokens of {replayed.revoked} accounts and programs.")
    _say("What leaves the house is held back. Look at it, then: kundenkreis release")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
