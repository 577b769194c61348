"""What a list is grouped by: `?group=stage`, `?group=expected_on:quarter`.

A group is a condition like any other: it reads the rows, it is what the group's head links to, and
it speaks only about fields that its viewer may compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.kernel.conditions import All, Compare, Kind, Node, caseless
from kundenkreis.kernel.sorting import sort_key
from kundenkreis.records import directory, registry
from kundenkreis.records.fields import info
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.conditions import Field, Vocabulary
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.fields import Info

PARAMETER = "group"
STEPS: Mapping[str, tuple[int, StrOrPromise]] = {  # months, and how a menu calls it
    "month": (1, gettext_lazy("By month")),
    "quarter": (3, gettext_lazy("By quarter")),
    "year": (12, gettext_lazy("By year")),
}
DATES = (Kind.DATE, Kind.DATETIME)
_KINDS = (Kind.CHOICE, Kind.BOOLEAN, Kind.REFERENCE, Kind.WORDS, *DATES)


@dataclass(frozen=True)
class Grouping:
    """A field whose values make groups, or with a `step` its months, quarters or years."""

    kind: RecordType
    viewer: Viewer
    field: Field
    info: Info
    step: str = ""

    @property
    def name(self) -> str:
        """As an address says it."""
        return f"{self.field.name}:{self.step}" if self.step else self.field.name

    def keys(self, value: Any) -> Iterable[Any]:
        """The groups that a row with this value is in: several for a list of words; None is that
        of rows without a value."""
        if self.info.several:
            return {caseless(word) for word in value or ()} or {None}
        if not self.step or value is None:
            return (None if value == "" else value,)
        day = value.astimezone(_zone()).date() if isinstance(value, datetime) else value
        months = STEPS[self.step][0]
        return (day.replace(month=(day.month - 1) // months * months + 1, day=1),)

    def next(self, key: date) -> date:
        """The beginning of the stretch of time after one."""
        month = key.month - 1 + STEPS[self.step][0]
        return key.replace(year=key.year + month // 12, month=month % 12 + 1)

    def start(self, key: date) -> date:
        """Where a stretch of time begins: its first day, or the first moment of it."""
        return datetime.combine(key, time(), _zone()) if self.field.kind is Kind.DATETIME else key

    def last(self, key: date) -> date:
        """The last day of a stretch of time; there is none after the 31st of December 9999, which
        some products write for "never"."""
        ends = key.year == date.max.year and key.month + STEPS[self.step][0] > 12
        return date.max if ends else self.next(key) - timedelta(days=1)

    def node(self, key: Any) -> Node:
        """The condition that is true of the rows of a group."""
        if key is None:
            return Compare(self.field.name, "empty")
        if self.info.several:
            return Compare(self.field.name, "has_any", (key,))
        if not self.step:
            return Compare(self.field.name, "is", key)
        first, end = self.start(key), self.last(key)
        if self.field.kind is Kind.DATETIME:
            return Compare(
                self.field.name, "between", (first, datetime.combine(end, time.max, _zone()))
            )
        return Compare(self.field.name, "between", (first, end))

    def others(self, keys: Collection[Any]) -> Node:
        """The condition that is true of rows with a value that is in none of these groups."""
        some = tuple(key for key in keys if key is not None)
        filled = Compare(self.field.name, "not_empty")
        if not some:
            return filled
        op = "has_none" if self.info.several else "not_in"
        return All((filled, Compare(self.field.name, op, some)))

    def labels(self, keys: Collection[Any]) -> dict[Any, str]:
        """What the groups are called, in their order; rows without a value come last."""
        some = [key for key in keys if key is not None]
        if self.step:
            found = {key: self._period(key) for key in sorted(some)}
        elif self.field.kind is Kind.BOOLEAN:
            found = {key: _("yes") if key else _("no") for key in sorted(some, reverse=True)}
        else:
            known = self._known(some)
            found = {key: label for key, label in known.items() if key in keys}
            found |= {key: self._unknown(key) for key in some if key not in found}
        if None in keys:
            found[None] = _("Without: %(field)s") % {"field": self.field.label}
        return found

    def _known(self, keys: list[Any]) -> dict[Any, str]:
        """Names of values: what was laid down in its order, all else by name."""
        one = self.info
        if one.column.choices:
            return {value: str(label) for value, label in one.column.flatchoices}
        if one.directory:
            look = directory.LOOKUPS.get(one.name)
            return _by_name(look.names(set(keys)) if look else {})
        if one.related is None:
            return _by_name({key: self._word(key) for key in keys})
        kind = registry.of_model(one.related)
        if kind is None:  # such as stages, which have an order of their own
            rows = one.related._default_manager.filter(pk__in=keys)
            return {row.pk: str(row) for row in rows}
        return _by_name({row.pk: str(row) for row in kind.rows(self.viewer).filter(pk__in=keys)})

    def _word(self, key: Any) -> str:
        return self.spelling.get(key, str(key))

    def _unknown(self, key: Any) -> str:
        return f"#{key}" if self.field.kind is Kind.REFERENCE else str(key)

    def _period(self, key: date) -> str:
        if self.step == "month":
            return formats.month(key)
        if self.step == "year":
            return str(key.year)
        return _("Q%(n)s %(year)s") % {"n": (key.month + 2) // 3, "year": key.year}

    @cached_property
    def spelling(self) -> dict[Any, str]:
        """How words are written that are compared without regard to case."""
        return {}


def grouping_of(
    kind: RecordType, viewer: Viewer, words: Vocabulary, parameters: QueryDict
) -> Grouping | None:
    """What an address groups by; None for nothing, and for what its viewer may not know of."""
    name, _colon, step = parameters.get(PARAMETER, "").partition(":")
    if not name:
        return None
    found = next((one for one in offered(kind, viewer, words) if one.field.name == name), None)
    if found is None or not found.step:
        return None if step else found
    return Grouping(kind, viewer, found.field, found.info, step) if step in STEPS else None


def offered(kind: RecordType, viewer: Viewer, words: Vocabulary) -> list[Grouping]:
    """What the list may be grouped by, by name; dates by month."""
    found = []
    for one in words.fields:
        try:
            known = info(kind.model, one.name)
        except LookupError:
            continue  # a fact that another context knows
        if known.column.primary_key or known.column.unique:
            continue
        if one.kind in _KINDS or (one.kind is Kind.TEXT and one.exact):
            step = "month" if one.kind in DATES else ""
            found.append(Grouping(kind, viewer, one, known, step))
    return sorted(found, key=lambda one: sort_key(str(one.field.label)))


def _by_name(names: Mapping[Any, str]) -> dict[Any, str]:
    return dict(sorted(names.items(), key=lambda one: sort_key(one[1])))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.COMPANY_ZONE)
