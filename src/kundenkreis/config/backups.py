"""`kundenkreis backup`: both databases and their files in one encrypted file, while the product runs."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from kundenkreis import __version__
from kundenkreis.config import env
from kundenkreis.kernel import clock, journal
from kundenkreis.kernel.backup import keys, sqlite
from kundenkreis.kernel.backup.age import damaged
from kundenkreis.kernel.backup.archive import ABOUT, PIECE, Reader, Writer, read_note
from kundenkreis.kernel.backup.cut import Snapshots, cut, described
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.backup.sqlite import DATABASE
from kundenkreis.kernel.sides import Side
from kundenkreis.link.receiving import reader

FORMAT = 1
ENDING = ".tar.gz.age"
NAMED = re.compile(r"kundenkreis-\d{8}T\d{6}Z\.tar\.gz\.age")
FOLDERS = ("media", "exchange")  # of each side; what lies in others is made anew, or soon over
MEBI = 1024 * 1024


def key_of(path: Path | None) -> keys.Key:
    """The key in a file that was named, or that the environment names. Raises `BackupRefused`."""
    if path is None and not (named := env.text("BACKUP_KEY")):
        raise BackupRefused(
            _("No key was named."),
            _("A backup holds everything about everybody, so there is none without encryption."),
            _(
                "Write a long passphrase into a file that lies elsewhere, too, and name it: --key FILE."
            ),
        )
    return keys.read(path or Path(named))


def take(target: Path, key: keys.Key, *, keep: int | None = None) -> Path:
    """Make a backup at a path, or under a name of its own in a folder; returns where it is.

    `keep` deletes all but so many of the newest in that folder. Raises `BackupRefused`.
    """
    path = target / f"kundenkreis-{_stamp()}{ENDING}" if target.is_dir() else target
    if not path.parent.is_dir():
        raise BackupRefused(
            _("There is no folder “%s”.") % path.parent, "", _("Make it, or name another place.")
        )
    with _one_at_a_time(), _written(path) as file, Writer(file, key) as writer:
        _write(writer)
    _copy_journals(path.parent)
    _say(f"{path}: {path.stat().st_size / MEBI:.1f} MiB")
    if keep is not None:
        _forget_older(path.parent, keep)
    return path


def _write(writer: Writer) -> None:
    with cut(reader) as snapshots:
        writer.note(ABOUT, about(snapshots))
        counts = {}
        for side, snapshot in snapshots.items():
            writer.note(f"{side}/secret.key", env.secret(side))
            for part in snapshot.parts():
                with part.content:
                    writer.add(part.name, part.content, part.size)
            counts[str(side)] = snapshot.counts()
            _say(f"{side}: {sum(counts[side].values())} rows in {len(counts[side])} tables")
    # What a database names was there before it named it, so files come after the cut.
    for side in Side:
        _say(f"{side}: {_add_files(writer, side)} files")
    writer.finish({"counts": counts})


def about(snapshots: Snapshots) -> dict[str, Any]:
    """What stands first in a backup."""
    return {
        "format": FORMAT,
        "version": __version__,
        "at": clock.now().isoformat(),
        "cut": described(snapshots, reader),
        "sides": {str(side): snapshot.about() for side, snapshot in snapshots.items()},
    }


def _add_files(writer: Writer, side: Side) -> int:
    root, count = env.folder(side), 0
    for path in sorted(one for name in FOLDERS for one in (root / name).rglob("*")):
        try:
            if not path.is_file() or path.name.startswith("."):
                continue
            with path.open("rb") as file:
                name = path.relative_to(root).as_posix()
                writer.add(f"{side}/{name}", file, os.fstat(file.fileno()).st_size)
                count += 1
        except FileNotFoundError:
            continue  # deleted meanwhile
    return count


def check(path: Path, key: keys.Key) -> dict[str, Any]:
    """Read a backup to its end and look at all that is in it; returns what it says of itself.

    Raises `BackupRefused`, `WrongKey`, `Damaged`.
    """
    said: dict[str, Any] = {}
    lines: dict[str, int] = {}
    env.make_private(env.folder(Side.CRM))
    with opened(path) as file, tempfile.TemporaryDirectory(dir=env.folder(Side.CRM)) as folder:
        archive = Reader(file, key)
        for name, content in archive.parts():
            if name == ABOUT:
                said = read_about(read_note(content))
            elif name.endswith(f"/{DATABASE}"):
                _copy(content, Path(folder) / name.replace("/", "-"))
            elif "/tables/" in name:
                lines[name.rpartition("/")[0]] = lines.get(name.rpartition("/")[0], 0) + _lines(
                    content
                )
        for side in Side:
            counts = archive.manifest["counts"][side]
            copy = Path(folder) / f"{side}-{DATABASE}"
            whole = (
                sqlite.sound(copy, counts)
                if copy.exists()
                else all(lines.get(f"{side}/tables/{name}", 0) == n for name, n in counts.items())
            )
            if not whole:
                raise damaged()
    return {**said, "counts": archive.manifest["counts"]}


def told(said: dict[str, Any]) -> int:
    """Print what a backup says of itself."""
    for side, counts in said["counts"].items():
        _say(f"{side}: {sum(counts.values())} rows in {len(counts)} tables")
    _say(f"The backup is whole: of {said['at']}, by version {said['version']}.")
    return 0


def read_about(text: str) -> dict[str, Any]:
    """What a backup says of itself. Raises `BackupRefused` for one that a newer version made."""
    said: dict[str, Any] = json.loads(text)
    if said["format"] != FORMAT:
        raise BackupRefused(
            _("This version of Kundenkreis does not know the form of the backup."),
            _("It was made by version %s.") % said.get("version"),
            _("Use the version that made it, or a newer one."),
        )
    return said


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A backup to be read. Raises `BackupRefused`."""
    try:
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise BackupRefused(
            _("The backup “%s” cannot be read.") % path, "", _("Name the file of a backup.")
        ) from error


def _copy(content: IO[bytes], path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while data := content.read(PIECE):
            file.write(data)


def _lines(content: IO[bytes]) -> int:
    count = 0
    while data := content.read(PIECE):
        count += data.count(b"\n")
    return count


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (env.folder(Side.CRM) / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused(
                _("A backup is being made already."), "", _("Wait until it is done.")
            ) from error
        yield


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there when it is whole, and not before; what a killed one left goes first."""
    beside = path.with_name(f".{path.name}.part")
    for left in path.parent.glob(f".*{ENDING}.part"):
        left.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise sqlite.no_room() from error
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _copy_journals(folder: Path) -> None:
    """Beside the backups, so that older ones know what happened up to the newest."""
    for side in Side:
        if (known := journal.path(side)).exists():
            beside = folder / f".journal-{side}.part"
            beside.write_bytes(known.read_bytes())
            beside.chmod(0o600)
            beside.replace(folder / f"journal-{side}.jsonl")


def _forget_older(folder: Path, keep: int) -> None:
    known = sorted(one for one in folder.iterdir() if NAMED.fullmatch(one.name))
    for path in known[: max(0, len(known) - max(keep, 1))]:
        path.unlink(missing_ok=True)
        _say(f"{path.name} was deleted")


def _stamp() -> str:
    return f"{clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
