"""What was changed on a record, by whom, when and through what: from the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.kernel import audit
from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.record import reference
from kundenkreis.records import registry
from kundenkreis.records.cells import written
from kundenkreis.records.directory import LOOKUPS
from kundenkreis.records.fields import info
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django.db.models import Model

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.records.declaration import RecordType

LOOKED_AT = 60
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
    """One change of the record; `undo_url` takes back all that was done with it."""

    at: datetime
    who: str
    via: str
    title: str
    icon: str
    undo_url: str
    lines: list[Line] = field(default_factory=list)


def last_changes(kind: RecordType, record: Any) -> dict[str, Change]:
    """By field name, from the record's latest audit entries."""
    entries = audit.latest(kind.side, reference(record), LOOKED_AT)
    who = names_of(entry.actor for entry in entries)
    found: dict[str, Change] = {}
    for entry in entries:
        change = getattr(entry, "change", None)
        for name in change.fields if change else ():
            found.setdefault(name, Change(entry.at, who(entry.actor), entry.via))
    return found


def steps(
    kind: RecordType, viewer: Viewer, record: Any, before: int | None = None
) -> tuple[list[Step], int]:
    """A page of a record's changes, newest first, and where the next one begins (0 at the end)."""
    entries = audit.latest(kind.side, reference(record), PAGE + 1, before=before)
    more, entries = len(entries) > PAGE, entries[:PAGE]
    who = names_of(entry.actor for entry in entries)
    made = [_step(kind, viewer, record, entry, who(entry.actor)) for entry in entries]
    return made, entries[-1].pk if more else 0


def undo_url(kind: RecordType, record: Any) -> str:
    """The address that takes back the latest change of a record."""
    entries = audit.latest(kind.side, reference(record), 1)
    return kind.url("undo", entries[0].batch) if entries else ""


def _step(kind: RecordType, viewer: Viewer, record: Any, entry: AuditEntry, who: str) -> Step:
    title, icon = {
        "create": (_("Created"), "circle-plus"),
        "remove": (_("Deleted"), "trash-2"),
        "restore": (_("Brought back"), "undo-2"),
    }.get(entry.action, (_("Changed"), "pencil"))
    change = getattr(entry, "change", None)
    fields = change.fields if change else {}
    return Step(
        at=entry.at,
        who=who,
        via=_through(entry.via),
        title=title,
        icon=icon,
        undo_url=kind.url("undo", entry.batch),
        lines=[_line(viewer, record, name, pair) for name, pair in fields.items()],
    )


def _line(viewer: Viewer, record: Any, name: str, pair: list[Any]) -> Line:
    try:
        model: type[Model] = type(record)
        label = str(info(model, name).label)
    except LookupError:
        return Line(name, _text(pair[0]), _text(pair[1]))
    return Line(label, shown(viewer, record, name, pair[0]), shown(viewer, record, name, pair[1]))


def shown(viewer: Viewer, record: Any, name: str, value: Any) -> str:
    """A value of a record's field as the audit keeps it, in words; empty for none.

    Another record is named only to whom may read it.
    """
    model: type[Model] = type(record)
    found = info(model, name)
    if value in (None, "", audit.HIDDEN):
        return value or ""
    if found.directory:
        return LOOKUPS[name].names({value}).get(value, f"#{value}") if name in LOOKUPS else ""
    if found.related is not None:
        kind = registry.of_model(found.related)
        rows = kind.rows(viewer) if kind else found.related._default_manager.all()
        related = rows.filter(pk=value).first()
        return str(related) if related is not None else "–"
    if found.kind is Kind.MONEY:
        return formats.money(value, record.currency or "EUR")
    return written(found, found.read(value))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"#{one}" for one in value)
    return "" if value is None else str(value)


def _through(via: str) -> str:
    """Through what, in words; what has none shows its name."""
    return {
        "ui": _("on a page"),
        "import": _("by an import"),
        "link": _("from the other side"),
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
