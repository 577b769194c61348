"""The figures of the page of data quality, counted of what its reader may read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import CharField, Count, JSONField, Q, TextField

from kundenkreis.crm.people.models import ContactDetail, QualitySnapshot
from kundenkreis.crm.people.quality.conditions import known_to
from kundenkreis.crm.people.quality.issues import GROUPS, YEAR, Issue, issues_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, reads_all
from kundenkreis.kernel.conditions.tree import SCHEMA
from kundenkreis.records.fields import info

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.records import RecordType

UNUSED = 0.01  # of the records: whoever fills a field so seldom does not use it
USUAL = (0.12, 0.15)  # of business contacts are out of date a year later
MONTHS = 13


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

    @property
    def decay(self) -> float:
        return self.decayed / self.total if self.total else 0.0


def health(kind: RecordType, viewer: Viewer) -> Health:
    """The figures of a type, of the records the viewer may read."""
    today = clock.today(settings.COMPANY_ZONE)
    known = known_to(viewer, kind.model)
    rows = kind.rows(viewer).order_by()
    total = rows.count()
    counted = {
        name: Counted(one, rows.filter(one.rows(today)).count(), total, issue_url(kind, name))
        for name, one in known.items()
    }
    groups = [
        (label, [one for one in counted.values() if one.issue.group == group])
        for group, label in GROUPS.items()
    ]
    decay = [one.rows(today) for one in known.values() if one.group == "decay"]
    decayed = rows.filter(reduce(or_, decay)).count() if decay else 0
    fields = [*_fields(kind, viewer, rows, total), *_ways(kind, viewer, rows, total, today)]
    shown = [(label, some) for label, some in groups if some]
    return Health(total, shown, fields, decayed)


def issue_url(kind: RecordType, name: str) -> str:
    """The list of the records with an issue."""
    return _list(kind, {"type": "quality", "issue": name})


def trend(kind: RecordType, viewer: Viewer) -> list[QualitySnapshot]:
    """The last months, the oldest first, for whom may read all records of the type."""
    if not reads_all(viewer, kind.model) or viewer.hidden_of(kind.subject):
        return []
    rows = QualitySnapshot.objects.filter(kind=kind.name).order_by("-month")
    return list(reversed(rows[:MONTHS]))


def figures_of(found: Health) -> dict[str, int]:
    """What a snapshot keeps."""
    issues = {one.issue.name: one.count for _label, some in found.groups for one in some}
    fields = {f"field:{one.name}": one.count for one in found.fields}
    return {**issues, **fields, "decayed": found.decayed}


def _fields(kind: RecordType, viewer: Viewer, rows: Any, total: int) -> list[Filled]:
    columns = {one.name: one for one in kind.model._meta.concrete_fields}
    names = [
        name
        for section in kind.sections
        for fact in section.facts
        if (name := fact if isinstance(fact, str) else fact.name) in columns
        and kind.sees(viewer, name)
        and not isinstance(columns[name], JSONField)
    ]
    empty = {name: _empty(columns[name]) for name in names}
    counts: Mapping[str, int] = rows.aggregate(
        **{f"has_{name}": Count("pk", filter=~where) for name, where in empty.items()}
    )
    return [
        Filled(
            name,
            info(kind.model, name).label,
            counts[f"has_{name}"],
            total,
            _list(kind, {"type": "compare", "field": name, "op": "empty"}),
        )
        for name in names
    ]


def _ways(kind: RecordType, viewer: Viewer, rows: Any, total: int, today: date) -> Iterable[Filled]:
    """How many can be reached by each kind of contact detail, and of how many that is fresh."""
    issues = issues_of(kind.model)
    named = {"email": "no_email", "phone": "no_phone", "postal": "no_address"}
    for way, issue in named.items():
        if not kind.sees(viewer, way):
            continue
        have = total - rows.filter(issues[issue].rows(today)).count()
        holder = f"{kind.name}__in"
        since = today - YEAR
        fresh = ContactDetail.objects.filter(kind=way, **{holder: rows.values("pk")}).filter(
            Q(changed_at__date__gt=since) | Q(state="verified", state_on__gt=since)
        )
        count = fresh.values(kind.name).distinct().count()
        label = ContactDetail.Kind(way).label
        yield Filled(way, label, have, total, issue_url(kind, issue), fresh=count)


def _empty(column: Any) -> Q:
    missing = Q(**{f"{column.name}__isnull": True})
    return (
        missing | Q(**{column.name: ""}) if isinstance(column, CharField | TextField) else missing
    )


def _list(kind: RecordType, node: Mapping[str, Any]) -> str:
    where = json.dumps({"v": SCHEMA, "where": {"type": "all", "children": [node]}})
    return f"{kind.url()}?{urlencode({'where': where})}"
