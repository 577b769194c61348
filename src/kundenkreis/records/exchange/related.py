"""The records that cells name, such as the organisation of a person: found for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.folding import caseless
from kundenkreis.records import references, write
from kundenkreis.records.references import naming_field

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import RecordType

KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """A record that nobody knows yet, and what is to be said where it is not to be made."""

    kind: RecordType
    text: str
    why: ValidationError

    @property
    def key(self) -> tuple[str, str]:
        return (self.kind.name, caseless(self.text))


class Related:
    """Finds records by their text; makes those that are unknown where that is wanted.

    `makes` are the fields whose unknown records are made, with the first row that is taken over.
    What a piece made is unknown again when the piece is taken back.
    """

    def __init__(self, actor: Actor, makes: Iterable[str] = ()) -> None:
        self._actor, self._makes = actor, frozenset(makes)
        self._known: dict[tuple[str, str], Any] = {}
        self._born: dict[tuple[str, str], Any] = {}  # what became of those that were made
        self._new: list[tuple[str, str]] = []
        self._made: set[tuple[str, str]] = set()

    @property
    def made(self) -> int:
        """How many were made, or would be."""
        return len(self._made)

    def look_up(self, kind: RecordType, texts: Iterable[str]) -> None:
        """Find those not known yet, all at once."""
        if len(self._known) > KEPT:
            self._known.clear()
            self._born.clear()
        wanted = {text for text in map(_tidy, texts) if (kind.name, text) not in self._known}
        for text, found in references.found_all(kind, self._actor, wanted).items():
            unknown = isinstance(found, ValidationError) and found.code == references.UNKNOWN
            self._known[kind.name, text] = Unknown(kind, text, found) if unknown else found

    def found(self, field: str, kind: RecordType, text: str) -> Any:
        """The record a cell names, or that it is to be made.

        Raises `ValidationError` when none or several are meant.
        """
        key = (kind.name, _tidy(text))
        if key not in self._known:
            self.look_up(kind, [text])
        known = self._known[key]
        if isinstance(known, Unknown):
            known = self._born.get(known.key, known)
        if isinstance(known, Exception):
            raise known
        if isinstance(known, Unknown) and field not in self._makes:
            raise known.why
        return known

    def make(self, rows: Iterable[dict[str, Any]]) -> None:
        """Make what is unknown among the values of some rows, each once however it is written."""
        wanted: dict[str, dict[tuple[str, str], Unknown]] = {}
        for values in rows:
            for one in values.values():
                if isinstance(one, Unknown) and one.key not in self._born:
                    wanted.setdefault(one.kind.name, {}).setdefault(one.key, one)
        for unknown in wanted.values():
            kind = next(iter(unknown.values())).kind
            named = [{naming_field(kind): one.text} for one in unknown.values()]
            made = write.create_many(kind, self._actor, named)
            self._born |= zip(unknown, made, strict=True)
            self._new += unknown

    def fill_in(self, values: dict[str, Any]) -> None:
        """Put what was made into the values of a row. Raises the `DomainError` where it was not."""
        for name, value in values.items():
            if isinstance(value, Unknown):
                made = self._born[value.key]
                if isinstance(made, DomainError):
                    raise made
                values[name] = made

    def wanted(self, values: dict[str, Any]) -> bool:
        """Whether a row names a record that is to be made."""
        return any(isinstance(value, Unknown) for value in values.values())

    def take_back(self) -> None:
        """What was made since is unknown again."""
        for key in self._new:
            del self._born[key]
        self._new = []

    def keep(self) -> None:
        """What was made since is there to stay."""
        self._made.update(self._new)
        self._new = []

    def forget(self) -> None:
        """What was made since was taken back."""
        self._made.update(self._new)
        self.take_back()


def _tidy(text: str) -> str:
    return " ".join(text.split())


def may_make(kind: RecordType, actor: Actor) -> bool:
    """Whether unknown records of a type can be made from their name alone, by this actor."""
    return bool(naming_field(kind)) and kind.may(actor, "create")
