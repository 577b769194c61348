"""What a run left alone and why, as far as its reader may know it by now.

A failure was written down with the rights of that time. Who may not know the record any more reads
its number only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.kernel.access import reads_all

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import BulkFailure, BulkRun

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was left alone; `url` is empty where it is not there, or not to be opened."""

    row: int | None
    name: str
    reason: str
    url: str = ""


def told(
    kind: RecordType, viewer: Viewer, run: BulkRun, failures: Iterable[BulkFailure]
) -> Iterator[Failure]:
    """The failures of a run for a reader."""
    for part in batched(failures, AT_ONCE, strict=False):
        yield from _told(kind, viewer, run, part)


def _told(
    kind: RecordType, viewer: Viewer, run: BulkRun, failures: Sequence[BulkFailure]
) -> Iterator[Failure]:
    pks = {one.row for one in failures}
    records = {record.pk: record for record in kind.rows(viewer).filter(pk__among=pks)}
    everything = reads_all(viewer, kind.model)
    everything = everything and not viewer.hidden_of(kind.subject)
    for one in failures:
        record = records.get(one.row)
        # What an undo left alone may be a part of a record, and have the number of another one.
        if record is not None and run.asked["do"] == "undo" and str(record) != one.name:
            record = None
        if record is not None:
            name = str(record)
            reason = one.reason.replace(one.name, name) if one.name else one.reason
            yield Failure(one.row, name, reason, kind.url(record.pk))
        elif everything:
            yield Failure(one.row, one.name, one.reason)
        else:
            name = f"#{one.row}" if one.row else ""
            yield Failure(one.row, name, _("You may not see this record any more."))
