"""The records that cells name, such as the organisation of a person: found for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from kundenkreis.kernel.conditions import caseless
from kundenkreis.records import references, write
from kundenkreis.records.fields import names

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import RecordType

KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """A record that is to be made when a row that names it is."""

    kind: RecordType
    text: str


class Related:
    """Finds records by their text; makes those that are unknown where that is wanted.

    `makes` are the fields whose unknown records are made, with the first row that is taken over.
    What a piece made is forgotten again when the piece is taken back.
    """

    def __init__(self, actor: Actor, makes: Iterable[str] = ()) -> None:
        self._actor, self._makes = actor, frozenset(makes)
        self._known: dict[tuple[str, str], Any] = {}
        self._new: list[tuple[str, str]] = []
        self.made = 0

    def look_up(self, kind: RecordType, texts: set[str]) -> None:
        """Read those not known yet, by the field that names them; the others are found one by one."""
        if len(self._known) > KEPT:
            self._known.clear()
        wanted = {text for text in texts if (kind.name, text) not in self._known}
        name = naming_field(kind)
        if not wanted or not name:
            return
        found: dict[str, list[Any]] = {}
        for record in kind.rows(self._actor).filter(**{f"{name}__in": wanted}).order_by("pk"):
            found.setdefault(str(record), []).append(record)
        for text, records in found.items():
            if len(records) == 1:
                self._known[kind.name, text] = records[0]

    def found(self, field: str, kind: RecordType, text: str) -> Any:
        """The record a cell names. Raises `ValidationError` when none or several are meant."""
        key = (kind.name, " ".join(text.split()))
        if key not in self._known:
            try:
                self._known[key] = references.found(kind, self._actor, key[1])
            except ValidationError as error:
                if field not in self._makes or error.code != references.UNKNOWN:
                    raise
                return Unknown(kind, key[1])
        return self._known[key]

    def made_for(self, values: dict[str, Any]) -> None:
        """Make what is still unknown among the values of a row. Raises `DomainError`."""
        for name, value in values.items():
            if isinstance(value, Unknown):
                values[name] = self._make(value)

    def _make(self, unknown: Unknown) -> Any:
        key = (unknown.kind.name, unknown.text)
        if key not in self._known:
            named = {naming_field(unknown.kind): unknown.text}
            self._known[key] = write.create(unknown.kind, self._actor, named)
            self._new.append(key)
        return self._known[key]

    def keep(self) -> None:
        """What was made since is there to stay."""
        self.made += len(self._new)
        self._new = []

    def forget(self) -> None:
        """What was made since was taken back."""
        for key in self._new:
            self._known.pop(key, None)
        self.made += len(self._new)
        self._new = []


def naming_field(kind: RecordType) -> str:
    """The field that alone is a record's text, such as an organisation's name; "" for none."""
    first = kind.search[0] if kind.search else ""
    if first not in names(kind.model):
        return ""
    probe = kind.model(**{first: "x"})
    return first if caseless(str(probe)) == "x" else ""


def may_make(kind: RecordType, actor: Actor) -> bool:
    """Whether unknown records of a type can be made from their name alone, by this actor."""
    return bool(naming_field(kind)) and kind.may(actor, "create")
