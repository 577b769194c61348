"""The figures of the page of data quality, counted of what its reader may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import CharField, Count, JSONField, Q, TextField

from kundenkreis.crm.people.models import ContactDetail, QualityNight, QualitySnapshot
from kundenkreis.crm.people.quality.conditions import known_to
from kundenkreis.crm.people.quality.issues import GROUPS, YEAR, Issue, end_of, issues_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.conditions.tree import SCHEMA
from kundenkreis.records.fields import info

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.records import RecordType

UNUSED = 0.01  # of the records: whoever fills a field so seldom does not use it
USUAL = (0.12, 0.15)  # of business contacts are out of date a year later
MAIN = ("no_way", "stale", "twice")
MONTHS = 13
MANY = 5_000  # records; of more nobody waits until they are counted


@dataclass(frozen=True, slots=True)
class Counted:
    """How many have an issue, of how many; `url` is the list of just these."""

    issue: Issue
    count: int
    of: int
    url: str

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Filled:
    """How many records have a value in a field; `url` is the list of those without."""

    name: str
    label: StrOrPromise
    count: int
    of: int
    url: str
    fresh: int | None = None  # of them confirmed or entered within a year

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0

    @property
    def unused(self) -> bool:
        return bool(self.of) and self.share < UNUSED


@dataclass(frozen=True, slots=True)
class Health:
    """Everything the page says of one type."""

    total: int
    groups: list[tuple[StrOrPromise, list[Counted]]]
    fields: list[Filled]
    decayed: int
    at: datetime | None = None  # when that was counted, unless it was just now

    @property
    def decay(self) -> float:
        return self.decayed / self.total if self.total else 0.0

    @property
    def main(self) -> list[Counted]:
        """What matters most, for the head of the page, as far as its reader may know it."""
        found = {one.issue.name: one for _label, some in self.groups for one in some}
        return [found[name] for name in MAIN if name in found]


def health(kind: RecordType, viewer: Viewer) -> Health:
    """The figures of a type, of the records the viewer may read.

    Of many records they are those of last night, for whoever may read all of them.
    """
    kept = _of_last_night(kind, viewer)
    if kept is not None:
        return _told(kind, viewer, kept.total, kept.figures, kept.at)
    return _told(kind, viewer, *counted(kind, viewer))


def counted(kind: RecordType, viewer: Viewer) -> tuple[int, dict[str, int]]:
    """How many records there are; how many have an issue, by its name, a value in a field
    (`field:`), a way that is fresh (`fresh:`), and how many were lost (`decayed`)."""
    today, known = clock.today(settings.COMPANY_ZONE), known_to(viewer, kind.model)
    rows = kind.rows(viewer).order_by()
    total = rows.count()
    found = {name: rows.filter(one.rows(today)).count() for name, one in known.items()}
    decay = [one.rows(today) for one in known.values() if one.group == "decay"]
    found["decayed"] = rows.filter(reduce(or_, decay)).count() if decay else 0
    columns = _columns(kind, viewer)
    found |= rows.aggregate(
        **{f"field:{name}": Count("pk", filter=~_empty(one)) for name, one in columns.items()}
    )
    for way in _ways(kind, viewer):
        found[f"fresh:{way}"] = _fresh(kind, rows, way, today)
    return total, found


def _of_last_night(kind: RecordType, viewer: Viewer) -> QualityNight | None:
    whole = _knows_all(kind, viewer) and len(known_to(viewer, kind.model)) == len(
        issues_of(kind.model)
    )
    if not whole:
        return None
    return QualityNight.objects.filter(kind=kind.name, total__gt=MANY).first()


def _told(
    kind: RecordType,
    viewer: Viewer,
    total: int,
    counts: Mapping[str, int],
    at: datetime | None = None,
) -> Health:
    known, ways = known_to(viewer, kind.model), _ways(kind, viewer)
    some = [
        Counted(one, counts.get(name, 0), total, issue_url(kind, name))
        for name, one in known.items()
    ]
    groups = [
        (label, [one for one in some if one.issue.group == group])
        for group, label in GROUPS.items()
    ]
    fields = [
        Filled(
            name, info(kind.model, name).label, counts.get(f"field:{name}", 0), total,
            _list(kind, {"type": "compare", "field": name, "op": "empty"}),
        )
        for name in _columns(kind, viewer)
    ]  # fmt: skip
    fields += [
        Filled(
            way, ContactDetail.Kind(way).label, total - counts.get(issue, 0), total,
            issue_url(kind, issue), fresh=counts.get(f"fresh:{way}", 0),
        )
        for way, issue in ways.items()
    ]  # fmt: skip
    shown = [(label, some) for label, some in groups if some]
    return Health(total, shown, fields, counts.get("decayed", 0), at)


def issue_url(kind: RecordType, name: str) -> str:
    """The list of the records with an issue."""
    return _list(kind, {"type": "quality", "issue": name})


def trend(kind: RecordType, viewer: Viewer) -> list[QualitySnapshot]:
    """The last months, the oldest first, for whom may read all records of the type."""
    if not _knows_all(kind, viewer):
        return []
    rows = QualitySnapshot.objects.filter(kind=kind.name).order_by("-month")
    return list(reversed(rows[:MONTHS]))


def _knows_all(kind: RecordType, viewer: Viewer) -> bool:
    return viewer.level(kind.right("read")) is Level.ALL and not viewer.hidden_of(kind.subject)


def _columns(kind: RecordType, viewer: Viewer) -> dict[str, Any]:
    """The fields of the record's page that are columns and that the viewer may know."""
    columns = {one.name: one for one in kind.model._meta.concrete_fields}
    names = [
        fact if isinstance(fact, str) else fact.name
        for section in kind.sections
        for fact in section.facts
    ]
    return {
        name: columns[name]
        for name in names
        if name in columns and kind.sees(viewer, name) and not isinstance(columns[name], JSONField)
    }


def _ways(kind: RecordType, viewer: Viewer) -> dict[str, str]:
    """Each kind of contact detail that the viewer may know, with the issue of lacking one."""
    named = {"email": "no_email", "phone": "no_phone", "postal": "no_address"}
    return {way: issue for way, issue in named.items() if kind.sees(viewer, way)}


def _fresh(kind: RecordType, rows: Any, way: str, today: date) -> int:
    """How many have such a contact detail that was entered, changed or confirmed within a year."""
    since, holder = today - YEAR, f"{kind.name}__in"
    found = ContactDetail.objects.filter(kind=way, **{holder: rows.values("pk")})
    fresh = Q(changed_at__gte=end_of(since)) | Q(state="verified", state_on__gt=since)
    return int(found.filter(fresh).values(kind.name).distinct().count())


def _empty(column: Any) -> Q:
    missing = Q(**{f"{column.name}__isnull": True})
    return (
        missing | Q(**{column.name: ""}) if isinstance(column, CharField | TextField) else missing
    )


def _list(kind: RecordType, node: Mapping[str, Any]) -> str:
    where = json.dumps({"v": SCHEMA, "where": {"type": "all", "children": [node]}})
    return f"{kind.url()}?{urlencode({'where': where})}"
