"""The groups of a list: which there are, what they add up to, and a page of their rows.

A page is read group by group, each along the order of the list. A list that is too long to count
is not grouped by the database as a whole: its groups are those of its latest rows, and one more of
all others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Value, When
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.grouping import Grouping
from kundenkreis.records.lists.totals import Total, totals_by
from kundenkreis.records.lists.words import LOOKED_AT

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.conditions import Node
    from kundenkreis.records.fields import Info

MOST = 200
FOLDED = "fold"
ALL, OTHERS = "*all", "*others"  # no group of values is called so (`text_of`)


@dataclass(frozen=True, slots=True)
class Group:
    """Some rows of a list: how an address names them, what people call them, what is true of them.

    Without a `total` nobody has counted them yet.
    """

    key: str
    label: str
    node: Node
    total: Total | None = None


@dataclass(slots=True)
class Page:
    """Groups with the numbers of their rows; `before` and `after` as in `keyset.Page`."""

    parts: list[tuple[Group, list[int]]] = field(default_factory=list)
    before: str = ""
    after: str = ""

    @property
    def pks(self) -> list[int]:
        return [pk for _group, pks in self.parts for pk in pks]


class TooMany(Exception):
    """A field has more different values than a list shows groups."""


def counted(
    grouping: Grouping,
    rows: QuerySet[Any],
    fields: Sequence[Info],
    *,
    down: bool = False,
) -> list[Group]:
    """The groups of a list in order, with all that they add up to. Raises `TooMany`."""
    totals: dict[Any, Total] = {}
    if grouping.step:
        keys = _stretches(grouping, rows)
        for place, total in totals_by(rows, fields, _place(grouping, keys)):
            totals[None if place is None else keys[place]] = total
        return _groups(grouping, totals, down)
    if not grouping.info.several and _different(grouping, rows) > MOST:
        raise TooMany
    for value, total in totals_by(rows, fields, grouping.field.sql):
        _spell(grouping, value)
        for key in grouping.keys(value):
            totals.setdefault(key, Total()).join(total)
    return _groups(grouping, totals, down)


def seen(grouping: Grouping, rows: QuerySet[Any], *, down: bool = False) -> list[Group]:
    """The groups of a list that is too long to count, in order. Raises `TooMany`."""
    if grouping.step:
        return _groups(grouping, dict.fromkeys(_stretches(grouping, rows)), down)
    if grouping.field.kind is Kind.BOOLEAN:
        return _groups(grouping, dict.fromkeys((True, False, None)), down)
    latest = rows.order_by("-pk").annotate(group_value=grouping.field.sql)
    keys: dict[Any, None] = {}
    for value in latest.values_list("group_value", flat=True)[:LOOKED_AT]:
        _spell(grouping, value)
        keys |= dict.fromkeys(grouping.keys(value))
    keys.setdefault(None)
    found = _groups(grouping, keys, down)
    return [*found, Group(OTHERS, _("All others"), grouping.others(keys))]


def page(
    groups: Sequence[Group],
    rows_of: Callable[[Group], QuerySet[Any]],
    fields: Sequence[str],
    *,
    size: int,
    descending: bool,
    folded: Collection[str] = (),
    after: str = "",
    before: str = "",
) -> Page:
    """One page; a folded group takes no room. A cursor that is not understood gives the first."""
    cursor, _dot, key = (before or after).partition(".")
    at = next((i for i, one in enumerate(groups) if cursor and one.key == key), None)
    backwards = bool(before) and at is not None
    start = at or 0
    found, more = Page(), False
    for i in range(start, -1, -1) if backwards else range(start, len(groups)):
        group, left = groups[i], size - len(found.pks)
        pks: list[int] = []
        if not is_folded(group, folded):
            pks = keyset.keys(
                rows_of(group), fields, most=left + 1, descending=descending,
                cursor=cursor if i == at else "", backwards=backwards,
            )  # fmt: skip
            more = len(pks) > left
        if pks[:left] or is_folded(group, folded):
            found.parts.append((group, pks[:left]))
        if more:
            break
    if backwards:
        found.parts = [(group, pks[::-1]) for group, pks in reversed(found.parts)]
    filled = [(group, pks) for group, pks in found.parts if pks]
    if filled and (more if backwards else at is not None):
        group, pks = filled[0]
        found.before = _cursor(rows_of(group), pks[0], fields, group)
    elif not filled and at is not None and not backwards:
        found.before = after
    if filled and (backwards or more):
        group, pks = filled[-1]
        found.after = _cursor(rows_of(group), pks[-1], fields, group)
    return found


def is_folded(group: Group, folded: Collection[str]) -> bool:
    return group.key in folded or ALL in folded


def _cursor(rows: QuerySet[Any], pk: int, fields: Sequence[str], group: Group) -> str:
    record = rows.model._default_manager.filter(pk=pk).first()
    return f"{keyset.cursor_of(record, fields)}.{group.key}" if record is not None else ""


def _groups(grouping: Grouping, keys: dict[Any, Any], down: bool) -> list[Group]:
    if len(keys) > MOST:
        raise TooMany
    labels = list(grouping.labels(keys).items())
    if down and grouping.step:
        labels.sort(key=lambda one: one[0] is None or -one[0].toordinal())
    return [Group(text_of(key), label, grouping.node(key), keys[key]) for key, label in labels]


def _stretches(grouping: Grouping, rows: QuerySet[Any]) -> list[Any]:
    """All months, quarters or years from the first to the last, and None for rows without."""
    dated = rows.annotate(group_value=grouping.field.sql).filter(group_value__isnull=False)
    ends = [
        dated.order_by(order).values_list("group_value", flat=True).first()
        for order in ("group_value", "-group_value")
    ]
    if None in ends:
        return [None]
    (key,), (last,) = (tuple(grouping.keys(end)) for end in ends)
    found = [key]
    while found[-1] < last:
        if len(found) > MOST:
            raise TooMany
        found.append(grouping.next(found[-1]))
    return [*found, None]


def _place(grouping: Grouping, keys: Sequence[Any]) -> Case:
    """Which of the stretches of time, which follow each other, a row lies in: of moments, the
    database compares the plain values far faster than it finds their month in a time zone."""
    whens = [
        When(GreaterThanOrEqual(grouping.field.sql, grouping.start(key)), then=Value(place))
        for place, key in reversed([*enumerate(keys)])
        if key is not None
    ]
    return Case(*whens, default=None, output_field=IntegerField())


def _different(grouping: Grouping, rows: QuerySet[Any]) -> int:
    """How many different values there are, as far as it matters."""
    values = rows.order_by().annotate(group_value=grouping.field.sql).values("group_value")
    found: int = values.distinct()[: MOST + 1].count()
    return found


def _spell(grouping: Grouping, value: Any) -> None:
    if grouping.info.several:
        for word in value or ():
            for key in grouping.keys([word]):
                grouping.spelling[key] = min(word, grouping.spelling.get(key, word))


def text_of(key: Any) -> str:
    """A group as an address names it; what begins like the marks for all and the others, as a tag
    may, has one star more."""
    if key is None:
        return ""
    text = str(int(key)) if isinstance(key, bool) else str(key)
    return f"*{text}" if text.startswith("*") else text
