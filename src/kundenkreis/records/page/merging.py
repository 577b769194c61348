"""Several people change the same record: nobody's value is lost, and nobody is asked needlessly.

A form carries what its fields held when it was opened (`seen`). What nobody else has changed since
is written, also when the record has moved on; what somebody has is shown to both beside theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, rowvalues
from kundenkreis.kernel.errors import Conflict
from kundenkreis.kernel.text import normal
from kundenkreis.records import write
from kundenkreis.records.fields import info
from kundenkreis.records.past.history import Words, origins_of

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import RecordType

TRIES = 3
_UNSEEN = object()

Seen = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile: both values in words, who it was and when."""

    name: str
    label: str
    mine: str
    stored: str
    who: str
    at: datetime | None


class Differs(Conflict):
    """Fields of a form that somebody else has changed since it was opened.

    `seen` is what the form carries from now on: saving it again is a decision.
    """

    def __init__(self, differences: list[Difference], seen: Seen) -> None:
        super().__init__(
            _("Somebody else changed this meanwhile."),
            _("It concerns: %(fields)s.") % {"fields": ", ".join(one.label for one in differences)},
            _("Look at both values and choose."),
            field=differences[0].name,
        )
        self.differences, self.seen = differences, seen


def seen(record: Any, names: Iterable[str]) -> dict[str, Any]:
    """What the fields hold, as a form may carry it and the audit would keep it."""
    return {name: audit.plain(rowvalues.plain(record, name)) for name in names}


def read(text: str) -> Seen:
    """What came back from a form; nothing where that cannot be read, so that all is looked at."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def merge(kind: RecordType, actor: Actor, pk: int, before: Seen, values: Mapping[str, Any]) -> Any:
    """Write what the actor changed in a record whose fields they saw as `before`; the record.

    Raises `Differs` when somebody else changed one of these fields meanwhile; then nothing is
    written. Also what `write.change` raises.
    """
    for attempt in range(1, TRIES + 1):
        record = kind.one(actor, pk)
        wanted, disputed = _compared(record, before, values)
        if disputed:
            raise _differs(kind, actor, record, before, {name: values[name] for name in disputed})
        if not wanted:
            return record
        try:
            written = write.change(kind, actor, pk, record.version, wanted)
        except Conflict:
            # Somebody saved in this very moment: what they changed is looked at anew.
            if attempt == TRIES or kind.one(actor, pk).version == record.version:
                raise
            continue
        # It may have left the actor's sight by this: handed over to somebody else, say.
        return kind.rows(actor).filter(pk=pk).first() or written
    raise AssertionError("unreachable")  # the last attempt has returned or raised


def _compared(
    record: Any, before: Seen, values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What is to be written, and the fields that two people changed to different values."""
    now = seen(record, values)
    wanted, disputed = {}, []
    for name, value in values.items():
        mine, then = _plain(record, name, value), before.get(name, _UNSEEN)
        if mine in (now[name], then):
            continue
        if now[name] == then:
            wanted[name] = value
        else:
            disputed.append(name)
    return wanted, disputed


def _plain(record: Any, name: str, value: Any) -> Any:
    """A form's value as `seen` has it."""
    if isinstance(value, Model):
        value = value.pk
    elif isinstance(value, str):
        value = normal(value)
    model: type[Model] = type(record)
    return info(model, name).plain(value)


def _differs(
    kind: RecordType, actor: Actor, record: Any, before: Seen, values: Mapping[str, Any]
) -> Differs:
    now, changes, words = (
        seen(record, values),
        origins_of(kind, record).changes,
        Words(actor, record, ()),
    )
    found = []
    for name, value in values.items():
        change, mine = changes.get(name), _plain(record, name, value)
        found.append(
            Difference(
                name,
                words.label(name),
                words.of(name, mine),
                words.of(name, now[name]),
                change.who if change else "",
                change.at if change else None,
            )
        )
    return Differs(found, {**before, **now})
