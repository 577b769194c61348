"""What members of staff are told, as far as they may still read what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from kundenkreis.crm.work.models import Activity, Notice, NoticeSettings
from kundenkreis.crm.work.notice_commands import APP, Kind, ways_of
from kundenkreis.crm.work.queries import activities
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.record import internal_fields
from kundenkreis.kernel.sides import Side
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.models import BulkRun, LongWork, Transfer
from kundenkreis.records.registry import TYPES

ROUNDS = 5  # of rows that are looked at for one page
WORKS: dict[str, type[LongWork]] = {"transfer": Transfer, "bulkrun": BulkRun}


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with what it is about; `fields` are those that its reader may know of."""

    notice: Notice
    activity: Activity | None = None
    kind: RecordType | None = None
    record: Any = None
    work: LongWork | None = None
    fields: tuple[str, ...] = ()


def settings_of(viewer: Viewer) -> NoticeSettings:
    """How the viewer wants to be told; as usual for who has not chosen."""
    own = NoticeSettings.objects.filter(user_id=viewer.user_id or 0).first()
    return own or NoticeSettings(user_id=viewer.user_id or 0)


def told(
    viewer: Viewer, *, limit: int, before: datetime | None = None, since: datetime | None = None,
    unread: bool = False, kinds: Collection[str] | None = None, way: str = APP,
) -> list[Told]:  # fmt: skip
    """The viewer's notices, latest first; of kinds that they want to have by that way."""
    own = settings_of(viewer)
    wanted = {one for one in Kind.values if way in ways_of(own, one)}
    rows = Notice.objects.filter(
        user_id=viewer.user_id or 0, kind__in=wanted if kinds is None else wanted & set(kinds)
    )
    if unread:
        rows = rows.filter(read_at=None)
    if since is not None:
        rows = rows.filter(at__gt=since)
    if before is not None:
        rows = rows.filter(at__lt=before)
    rows, found, last = rows.order_by("-at", "-id"), [], None
    for _round in range(ROUNDS):
        some = list(rows.filter(_after(last))[: limit + 1])
        found += list(_known(viewer, some))
        if len(found) >= limit or len(some) <= limit:
            break
        last = some[-1]
    return found[:limit]


def _after(last: Notice | None) -> Q:
    return Q() if last is None else Q(at__lt=last.at) | Q(at=last.at, id__lt=last.pk)


def _known(viewer: Viewer, notices: list[Notice]) -> Iterator[Told]:
    """Those whose record, activity or work the viewer may read now."""
    written = {one.activity_id for one in notices if one.activity_id is not None}
    mine = activities(viewer).filter(pk__in=written) if written else ()
    acts = {one.pk: one for one in mine}
    records, works = _records(viewer, notices), _works(viewer, notices)
    for one in notices:
        if one.activity_id is not None:
            if one.activity_id in acts:
                yield Told(one, activity=acts[one.activity_id])
        elif one.kind == Kind.DUE:
            yield Told(one)
        elif one.target in works:
            yield Told(one, work=works[one.target])
        elif one.target in records:
            kind, record = records[one.target]
            fields = tuple(name for name in one.fields if _knows(kind, viewer, name))
            if fields or not one.fields:
                yield Told(one, kind=kind, record=record, fields=fields)


def _records(viewer: Viewer, notices: list[Notice]) -> dict[str, tuple[RecordType, Any]]:
    """By reference what is readable; of many only their type."""
    rows: dict[str, set[int]] = defaultdict(set)
    found: dict[str, tuple[RecordType, Any]] = {}
    for one in notices:
        kind, row = _named(one.target)
        if kind is not None and row:
            rows[kind.name].add(row)
        elif kind is not None and kind.may(viewer, "read"):
            found[one.target] = kind, None
    for name, pks in rows.items():
        kind = TYPES[name]
        for record in kind.rows(viewer).filter(pk__in=pks):
            found[f"{kind.side}.{name}:{record.pk}"] = kind, record
    return found


def _works(viewer: Viewer, notices: list[Notice]) -> dict[str, LongWork]:
    found = {}
    for one in notices:
        if one.kind == Kind.FINISHED:
            side, _dot, rest = one.target.partition(".")
            name, _colon, row = rest.partition(":")
            mine = store.stored(Side(side), WORKS[name]).filter(pk=row, user_id=viewer.user_id)
            if (work := mine.first()) is not None:
                found[one.target] = work
    return found


def _named(target: str) -> tuple[RecordType | None, int]:
    place, _colon, row = target.partition(":")
    side, _dot, name = place.partition(".")
    kind = TYPES.get(name)
    known = kind if kind is not None and str(kind.side) == side else None
    return known, int(row) if row.isdigit() else 0


def _knows(kind: RecordType, viewer: Viewer, name: str) -> bool:
    return name not in internal_fields(kind.model) and kind.sees(viewer, name)
