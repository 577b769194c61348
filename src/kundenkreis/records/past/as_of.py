"""A record as it was at an instant: the present one with every later change taken off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import audit
from kundenkreis.kernel.custom import given, made_of
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.record import reference
from kundenkreis.records.custom import layout
from kundenkreis.records.declaration import name_of
from kundenkreis.records.fields import names
from kundenkreis.records.page import facts
from kundenkreis.records.past.history import Words

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MOST = 5_000  # later changes of one record


@dataclass(frozen=True, slots=True)
class Then:
    """One fact as it was; `changed` if it is different now."""

    label: str
    value: str
    changed: bool


def values_at(kind: RecordType, record: Any, at: datetime) -> dict[str, Any] | None:
    """The fields' values at an instant, as the audit keeps them; None while there was no record.

    Raises `DomainError` when it was changed too often since.
    """
    values, action = values_now(record), ""
    later = audit.latest(kind.side, reference(record), MOST + 1, since=at)
    if len(later) > MOST:
        raise DomainError(
            _("That is too long ago for this record."),
            _("It was changed more than %(n)s times since.") % {"n": MOST},
        )
    for entry in later:
        action, change = entry.action, getattr(entry, "change", None)
        values |= {name: old for name, (old, _new) in (change.fields if change else {}).items()}
    # The first thing that happened after that instant made it, or brought it back.
    return None if action in ("create", "restore") else values


def values_now(record: Any) -> dict[str, Any]:
    """The fields' values as the audit would keep them."""
    columns = {
        column.name: audit.plain(getattr(record, column.attname))
        for column in record._meta.concrete_fields
        if column.name != "custom"
    }
    return columns | given(record)


def facts_at(kind: RecordType, viewer: Viewer, record: Any, at: datetime) -> list[Then]:
    """The record page's facts as they were; empty when the record did not exist yet.

    What is worked out from other rows or fields is left out: those have a history of their own.
    """
    then, now = values_at(kind, record, at), values_now(record)
    words, known = Words(viewer, record, ()), _kept(kind)
    if then is None:
        return []
    # Amounts are in the currency they had then.
    code = str(then.get("currency") or "") if kind.sees(viewer, "currency") else ""
    facts_known = (fact for _section, known in layout.facts_for(kind, viewer) for fact in known)
    named = [(fact, name_of(fact)) for fact in facts_known]
    return [
        Then(
            facts.label_of(kind, fact),
            text := words.of(name, then.get(name), code),
            # The same amount in another currency is another.
            then.get(name) != now.get(name) or text != words.of(name, now.get(name)),
        )
        for fact, name in named
        if name in known
    ]


def _kept(kind: RecordType) -> set[str]:
    return {*names(kind.model)} - {*made_of(kind.subject)}
