"""A message kind for tests whose effect is neither idempotent nor free of order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel import events, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM

# Notes with these texts fail, or come too early, as long as they are in here.
BROKEN: set[str] = set()
EARLY: set[str] = set()


@dataclass(frozen=True)
class Noted:
    """Somebody noted something."""

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "key"
    key: str
    text: str


def write_notes(notes: Sequence[Noted]) -> Collection[int]:
    """Writes each note into a table of the crm, as often and in the order it is called."""
    broken = [note.text for note in notes if note.text in BROKEN]
    if broken:
        raise ValueError(f"{broken[0]} is broken")
    early = [position for position, note in enumerate(notes) if note.text in EARLY]
    ready = [note for note in notes if note.text not in EARLY]
    values = [{"name": note.text, "industry": note.key} for note in ready]
    store.create_many(SYSTEM, Organisation, values)
    return early


NAME = events.name_of(Noted)


def note(key: str, *texts: str) -> None:
    with store.group(Side.ENGAGE, "test"):
        for text in texts:
            events.publish(Noted(key=key, text=text))


def written(key: str | None = None) -> list[str]:
    rows = Organisation.objects.order_by("id")
    if key is not None:
        rows = rows.filter(industry=key)
    return list(rows.values_list("name", flat=True))
