"""What was changed on a record, by whom, when and through what: from the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.kernel import audit, store
from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.record import internal_fields, named_rows, reference
from kundenkreis.records import registry
from kundenkreis.records.cells import written
from kundenkreis.records.directory import LOOKUPS
from kundenkreis.records.fields import Info, column_names, info
from kundenkreis.records.models import Merge
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django.db.models import Model

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.records.declaration import RecordType

LOOKED_AT = 60
OLD = timedelta(days=365)
PAGE = 40


@dataclass(frozen=True, slots=True)
class Change:
    """The latest change of one field."""

    at: datetime
    who: str
    via: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a step: what it was and what it became, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the record; `undo_url` takes back all that was done at once.

    Unless it was `alone`, that is to `together` records of its type; 0 says nothing of how many,
    because the reader may not read all of them.
    """

    at: datetime
    who: str
    via: str
    title: str
    icon: str
    undo_url: str
    alone: bool = True
    together: int = 1
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the values of a record come from, as far as its latest changes tell.

    `before`: what they do not tell is older than that; None where they tell everything.
    """

    changes: dict[str, Change]
    before: datetime | None

    def told(self, name: str) -> str:
        """Who entered a value, how long ago, and by what; empty where nobody knows."""
        change = self.changes.get(name)
        if change is not None:
            parts = (change.who, formats.day(change.at), _through(change.via))
            return " · ".join(part for part in parts if part)
        if self.before is None:
            return ""
        return _("before %(day)s") % {"day": formats.day(self.before)}

    def is_old(self, name: str, now: datetime) -> bool:
        """Whether nobody has touched a value for a year."""
        change = self.changes.get(name)
        since = change.at if change else self.before
        return since is not None and since < now - OLD


def origins_of(kind: RecordType, record: Any) -> Origins:
    """By field name, from the record's latest audit entries: one question for all values."""
    entries = audit.latest(kind.side, reference(record), LOOKED_AT)
    who = names_of(entry.actor for entry in entries)
    found: dict[str, Change] = {}
    for entry in entries:
        change = getattr(entry, "change", None)
        for name in change.fields if change else ():
            found.setdefault(name, Change(entry.at, who(entry.actor), entry.via))
    whole = bool(entries) and entries[-1].action == "create"
    oldest = entries[-1].at if entries else getattr(record, "created_at", None)
    return Origins(found, None if whole else oldest)


def steps(
    kind: RecordType, viewer: Viewer, record: Any, before: int | None = None
) -> tuple[list[Step], int]:
    """A page of a record's changes, newest first, and where the next one begins (0 at the end).

    What became part of it is among them, also where that changed none of its own values.
    """
    entries = audit.latest(kind.side, reference(record), PAGE + 1, before=before)
    more, entries = len(entries) > PAGE, entries[:PAGE]
    named = names_of(name for entry in entries for name in (entry.actor, entry.behalf))
    words = Words(viewer, record, entries)
    money = currencies(kind, viewer, record, entries)
    sizes = audit.sizes(
        kind.side,
        (entry.batch for entry in entries),
        f"{kind.side}.{kind.name}:",
        kind.rows(viewer).values("pk"),
    )
    merges = {row.batch: row for row in _merges(kind, record, entries, more, before)}
    made = [
        _step(
            kind,
            entry,
            _who(entry, named),
            lines_of(words, known, money.get(entry.pk)),
            sizes.get(entry.batch),
            merges.pop(entry.batch, None),
        )
        for entry in entries
        if (known := known_changes(kind, viewer, entry)) is not None
    ]
    named = names_of(row.actor for row in merges.values())
    made += [_merge_step(kind, row, named(row.actor)) for row in merges.values()]
    return sorted(made, key=lambda step: step.at, reverse=True), entries[-1].pk if more else 0


def _merges(
    kind: RecordType, record: Any, entries: Sequence[AuditEntry], more: bool, before: int | None
) -> Iterable[Merge]:
    """What became part of the record and still is, of the time that this page is about."""
    rows = store.stored(kind.side, Merge).filter(kind=kind.name, kept=record.pk, undone_at=None)
    if before and entries:
        rows = rows.filter(at__lte=entries[0].at)
    if more:
        rows = rows.filter(at__gt=entries[-1].at)
    return rows.order_by("-id")[:PAGE]


def undo_url(kind: RecordType, record: Any) -> str:
    """The address that takes back the latest change of a record."""
    entries = audit.latest(kind.side, reference(record), 1)
    return kind.url("undo", entries[0].batch) if entries else ""


def known_changes(
    kind: RecordType, viewer: Viewer, entry: AuditEntry
) -> dict[str, list[Any]] | None:
    """What an entry says of fields that the viewer may know of; None if it is of others only."""
    change = getattr(entry, "change", None)
    fields: dict[str, list[Any]] = change.fields if change else {}
    internal = internal_fields(kind.model)
    known = {
        name: pair
        for name, pair in fields.items()
        if name not in internal and kind.sees(viewer, name)
    }
    return None if fields and not known and entry.action == "change" else known


def currencies(
    kind: RecordType, viewer: Viewer, record: Any, entries: Sequence[AuditEntry]
) -> dict[int, tuple[str, str]]:
    """By entry, which currency the record's amounts were in before it and after it.

    The entries are the record's, newest first and without gaps.
    """
    known = "currency" in column_names(kind.model) and kind.sees(viewer, "currency")
    if not known or not any(_has_amounts(kind, entry) for entry in entries):
        return {}
    later = audit.next_of(kind.side, reference(record), "currency", entries[0].pk)
    code = _pair(later, "currency")[0] if later else record.currency
    found = {}
    for entry in entries:
        before, after = _pair(entry, "currency") or (code, code)
        found[entry.pk] = before or after, after or before
        code = before or after
    return found


def _has_amounts(kind: RecordType, entry: AuditEntry) -> bool:
    fields = {column.name: column for column in kind.model._meta.concrete_fields}
    change = getattr(entry, "change", None)
    return any(
        name in fields and info(kind.model, name).kind is Kind.MONEY
        for name in (change.fields if change else ())
    )


def _pair(entry: AuditEntry, name: str) -> Any:
    change = getattr(entry, "change", None)
    return change.fields.get(name) if change else None


def lines_of(
    words: Words, known: Mapping[str, list[Any]], money: tuple[str, str] | None = None
) -> list[Line]:
    """Changes of fields in words; `money` is the currency before and after."""
    then, since = money or ("", "")
    return [
        Line(words.label(name), words.of(name, old, then), words.of(name, new, since))
        for name, (old, new) in known.items()
    ]


def _who(entry: AuditEntry, named: Callable[[str], str]) -> str:
    if not entry.behalf:
        return named(entry.actor)
    names = {"deputy": named(entry.actor), "absent": named(entry.behalf)}
    return _("%(deputy)s for %(absent)s") % names


def _step(
    kind: RecordType,
    entry: AuditEntry,
    who: str,
    lines: list[Line],
    size: audit.Size | None,
    merge: Merge | None,
) -> Step:
    if merge is not None:
        return replace(_merge_step(kind, merge, who), via=_through(entry.via), lines=lines)
    title, icon = step_words(entry.action)
    return Step(
        at=entry.at,
        who=who,
        via=_through(entry.via),
        title=title,
        icon=icon,
        # What the product did by itself is not taken back by hand.
        undo_url=kind.url("undo", entry.batch) if entry.actor.startswith("user:") else "",
        alone=size is None or size.all == 1,
        together=size.readable if size and size.readable == size.all else 0,
        lines=lines,
    )


def _merge_step(kind: RecordType, row: Merge, who: str) -> Step:
    """All of a merge is one step, and is taken back as a whole."""
    return Step(
        at=row.at,
        who=who,
        via="",
        title=_("Merged with %(name)s") % {"name": row.title},
        icon="merge",
        undo_url=kind.url("undo", row.batch) if row.actor.startswith("user:") else "",
    )


def step_words(action: str) -> tuple[str, str]:
    """What was done in one word, and its icon."""
    return {
        "create": (_("Created"), "circle-plus"),
        "remove": (_("Deleted"), "trash-2"),
        "restore": (_("Brought back"), "undo-2"),
    }.get(action, (_("Changed"), "pencil"))


class Words:
    """Values of a record's fields, as the audit keeps them, in words.

    Other records are named only to whom may read them; one query for each field that names any.
    """

    def __init__(self, viewer: Viewer, record: Any, entries: Iterable[AuditEntry]) -> None:
        self._viewer, self._record = viewer, record
        self._model: type[Model] = type(record)
        self._known: dict[str, dict[Any, str]] = defaultdict(dict)
        self._values: dict[str, set[Any]] = defaultdict(set)
        for entry in entries:
            change = getattr(entry, "change", None)
            for name, pair in (change.fields if change else {}).items():
                self._values[name] |= {value for value in pair if isinstance(value, int)}

    def label(self, name: str) -> str:
        """What a field is called; its name where it is none any more."""
        try:
            return str(info(self._model, name).label)
        except LookupError:
            return name

    def of(self, name: str, value: Any, currency: str = "") -> str:
        """A value of a field; empty for none. An amount is in a currency that it had, if one is
        given, else in the record's."""
        try:
            found = info(self._model, name)
        except LookupError:
            return _text(value)
        if value in (None, "", audit.HIDDEN):
            return value or ""
        if found.directory or found.related is not None:
            return self._name(found, value)
        if found.kind is Kind.MONEY:
            own = found.definition is None and currency
            return formats.money(value, own or found.currency(self._record))
        return written(found, found.read(value))

    def _name(self, found: Info, value: int | str) -> str:
        known = self._known[found.name]
        if value not in known:
            ids: set[Any] = self._values.pop(found.name, set()) | {value}
            names: Mapping[Any, str] = (
                LOOKUPS[found.name].names(ids)
                if found.name in LOOKUPS
                else self._related(found, ids)
            )
            known |= {pk: names.get(pk, "–") for pk in ids}
        return known[value]

    def _related(self, found: Info, ids: set[Any]) -> Mapping[Any, str]:
        kind = registry.of_model(found.related)
        assert found.related is not None  # noqa: S101 - the caller has looked
        rows = kind.rows(self._viewer) if kind else found.related._default_manager.all()
        return {value: str(row) for value, row in named_rows(rows, ids).items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"#{one}" for one in value)
    return "" if value is None else str(value)


def _through(via: str) -> str:
    """Through what, in words; what has none shows its name. `api:12` is the token of that number."""
    via = via.partition(":")[0]
    return {
        "ui": _("on a page"),
        "import": _("by an import"),
        "link": _("from the other side"),
        "enriched": _("by enrichment"),
        "api": pgettext("through", "API"),
    }.get(via, via)


def names_of(actors: Iterable[str]) -> Callable[[str], str]:
    """How to name each of the actors; one query for all of them."""
    users = (actor.removeprefix("user:") for actor in actors if actor.startswith("user:"))
    ids = {int(pk) for pk in users}
    lookup = LOOKUPS.get("owner_id")
    known = lookup.names(ids) if lookup and ids else {}
    names = {f"user:{pk}": name for pk, name in known.items()}
    return lambda actor: names.get(actor, actor.partition(":")[2])
