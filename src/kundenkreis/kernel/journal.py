"""The journal: what must be done again after an older state is restored, in a file of each side.

Who was erased, which values were wrong, who is restricted, who wants no more of what, whom nobody
lets in any more: such a thing is written here before it is committed. The file lies outside of the databases and names nobody: it
holds numbers of rows, and hashes whose key lies elsewhere (`tombstones.digest`). A second copy, on
another disk, goes where `KUNDENKREIS_JOURNAL_COPY` says.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from kundenkreis.kernel import clock, tombstones
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import current

NAME, EARLIER = "journal.jsonl", "erasures.jsonl"
BEGUN = "begun"
ERASED, RECTIFIED, RESTRICTED, FREED = "erased", "rectified", "restricted", "freed"
OBJECTED, WITHDRAWN = "objected", "withdrawn"

Entry = Mapping[str, Any]
log = logging.getLogger(__name__)


def path(side: Side) -> Path:
    """Where it lies: in the side's folder, beside its secret."""
    folder: Path = settings.SECRET_FILES[side].parent
    if side is Side.CRM and (folder / EARLIER).exists() and not (folder / NAME).exists():
        (folder / EARLIER).rename(folder / NAME)  # when there were erasures only
    return folder / NAME


def copy(side: Side) -> Path | None:
    """Where its copy lies, if one is kept."""
    return Path(settings.JOURNAL_COPY) / f"{side}.jsonl" if settings.JOURNAL_COPY else None


def note(side: Side, kind: str, at: datetime | None = None, **said: Any) -> None:
    """Write one thing down; see `note_all`."""
    note_all(side, [{"kind": kind, "at": (at or clock.now()).isoformat(), **said}])


def note_all(side: Side, entries: Iterable[Entry]) -> None:
    """Write things down so that a power cut does not lose them.

    Before the commit: what is taken back after all stands there too, and is only stricter.
    """
    entries = list(entries)
    if not entries:
        return
    by = tombstones.owner(side)
    text = "".join(json.dumps({**one, "by": by}) + "\n" for one in entries)
    _append(path(side), text)
    if (other := copy(side)) is not None:
        try:
            _append(other, text)
        except OSError:
            log.exception("the copy of the journal could not be written")


def note_in_unit(side: Side, entries: Iterable[Entry]) -> None:
    """The same from within a unit of work; nothing of one that is only tried."""
    if not current().trial:
        note_all(side, entries)


def begin() -> None:
    """Begin the journals of a new installation, so that one without entries is one, too."""
    for side in Side:
        if not path(side).exists():
            note(side, BEGUN)


def is_of(where: Path, side: Side) -> bool:
    """Whether a file is a journal of this installation's side, or one of both from early days."""
    by = tombstones.owner(side)
    return any(one.get("by", by) == by for one in read(where))


def _append(where: Path, text: str) -> None:
    handle = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o660)
    with os.fdopen(handle, "a") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def entries(side: Side, *kinds: str) -> Iterator[Entry]:
    """What was noted of these kinds, the oldest first. A line that a crash cut short is skipped, and
    so is what another installation noted: its hashes mean nothing here."""
    by = tombstones.owner(side)
    for one in read(path(side)):
        if one["kind"] in kinds and one.get("by", by) == by:
            yield one


def read(where: Path) -> Iterator[Entry]:
    """The entries of a file; of none where there is no such file."""
    if not where.exists():
        return
    for line in where.read_text("utf-8", "replace").splitlines():
        try:
            said = json.loads(line)
        except json.JSONDecodeError:
            continue
        yield {"kind": ERASED, **said}


def add_missing(side: Side, where: Path) -> int:
    """Take over what another copy of the journal has beyond this one; returns how much that was."""
    by, known = tombstones.owner(side), {_line(one) for one in read(path(side))}
    new = [one for one in read(where) if one.get("by", by) == by and _line(one) not in known]
    if new:
        _append(path(side), "".join(f"{_line(one)}\n" for one in new))
    return len(new)


def _line(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True)
