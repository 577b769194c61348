"""Which rows of a file are records that exist already, or the same as an earlier row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import caseless
from kundenkreis.records.exchange import marks
from kundenkreis.records.exchange.related import Unknown
from kundenkreis.records.fields import info, kept, unique_beside

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Key, RecordType
    from kundenkreis.records.exchange.cleaning import Cleaned

Wanted = tuple[str, ...]


def key_name(key: Key) -> str:
    """How a choice of keys is kept: `customer_number`, `first_name+last_name`."""
    return "+".join(key.names)


def usable(kind: RecordType, said: Collection[str]) -> list[Key]:
    """The keys whose fields a file says something of."""
    return [key for key in kind.exchange.keys if set(key.names) <= set(said)]


class Seen:
    """What earlier rows of the files had: a few bytes per row, whatever the rows were.

    Hashes of 64 bits, keyed anew in every process: nobody can write a file in which they meet.
    """

    def __init__(self) -> None:
        self._lines: dict[int, int] = {}

    def before(self, name: str, wanted: Sequence[Any], line: int) -> int | None:
        """The line that had the same, if any; from now on this one does."""
        known = self._lines.setdefault(hash((name, *map(str, wanted))), line)
        return None if known == line else known


class Matcher:
    """Looks rows up by the chosen keys; by the others it only warns.

    Parameters: `chosen` are names of keys in the order in which they count.
    """

    def __init__(
        self, kind: RecordType, viewer: Viewer, said: Collection[str], chosen: Sequence[str]
    ) -> None:
        self.kind, self.viewer = kind, viewer
        known = {key_name(key): key for key in usable(kind, said)}
        self.keys = [known[name] for name in chosen if name in known and not known[name].warns]
        self.others = [key for key in known.values() if key not in self.keys]
        # What this import has made itself: its check has warned of rows that are alike.
        self.made: set[int] = set()
        self._plain = {one.name: one.plain for one in kind.inputs if one.plain is not str}

    def match(self, rows: Sequence[Cleaned], seen: Seen) -> dict[int, str]:
        """Give each row the number of its record; returns warnings by row."""
        self._numbers(rows, seen)
        for key in self.keys:
            self._by_key(key, rows, seen)
        return self._warnings(rows, seen)

    def note(self, rows: Iterable[Cleaned], seen: Seen) -> None:
        """Remember rows that were done before, without looking anything up."""
        for row in rows:
            _numbered_before(row, seen)
            for key in (*self.keys, *self.others):
                self._came_before(key, row, seen)

    def _numbers(self, rows: Sequence[Cleaned], seen: Seen) -> None:
        pks = {row.pk for row in rows if row.pk is not None}
        if not pks:
            return
        there = set(self.kind.rows(self.viewer).filter(pk__among=pks).values_list("pk", flat=True))
        for row in rows:
            if row.pk is not None and row.pk not in there:
                row.refuse(_("There is no record with this number."), marks.NUMBER)
            elif _numbered_before(row, seen):
                told = _("An earlier row has the same number. A new record needs none.")
                row.refuse(told, marks.NUMBER)

    def _by_key(self, key: Key, rows: Sequence[Cleaned], seen: Seen) -> None:
        asked = []
        for row in rows:
            if self._came_before(key, row, seen):
                row.refuse(_("An earlier row of the file is the same."), key.names[0])
            elif wanted := wanted_of(key, row):
                asked.append((row, wanted))
        found = self._find(key, {wanted for _, wanted in asked})
        for row, wanted in asked:
            pks = found.get(wanted, set())
            if row.pk is None and len(pks) == 1:
                row.pk = next(iter(pks))
            elif row.pk is None and len(pks) > 1:
                numbers = ", ".join(f"#{pk}" for pk in sorted(pks)[:5])
                row.refuse(
                    _("Several records match: %(numbers)s.") % {"numbers": numbers}, key.names[0]
                )

    def _warnings(self, rows: Sequence[Cleaned], seen: Seen) -> dict[int, str]:
        """By the keys that were not chosen; of rows that are alike, the later one is warned of."""
        warnings: dict[int, str] = {}
        for key in self.others:
            again = {row.row.number for row in rows if self._came_before(key, row, seen)}
            asked = [
                (row, wanted) for row in rows if row.pk is None and (wanted := wanted_of(key, row))
            ]
            found = self._find(key, {wanted for _, wanted in asked})
            text = _("Perhaps the same as an earlier row of the file (same %(what)s).")
            warnings |= {number: text % {"what": key.label} for number in again - warnings.keys()}
            for row, wanted in asked:
                if pks := found.get(wanted, set()) - (self.made if key.warns else set()):
                    numbers = ", ".join(f"#{pk}" for pk in sorted(pks)[:5])
                    text = _("Perhaps there already: %(numbers)s (same %(what)s).")
                    warnings[row.row.number] = text % {"numbers": numbers, "what": key.label}
        return warnings

    def _came_before(self, key: Key, row: Cleaned, seen: Seen) -> bool:
        """Whether an earlier row is the same by a key, also where both name what is yet to be made."""
        form = []
        for name in key.names:
            value = row.values.get(name)
            if _empty(value):
                return False
            text = value.text if isinstance(value, Unknown) else str(value)
            plain = self._plain.get(name, caseless)
            form.append(text if key.find is None else plain(text))
        return seen.before(key_name(key), form, row.row.number) is not None

    def _find(self, key: Key, wanted: set[Wanted]) -> Mapping[Wanted, set[int]]:
        if not wanted:
            return {}
        if key.find is not None:
            return key.find(self.viewer, wanted)
        (name,) = key.names
        rows = self.kind.rows(self.viewer).filter(**{f"{name}__among": {one for (one,) in wanted}})
        found: dict[Wanted, set[int]] = {}
        for value, pk in rows.values_list(name, "pk"):
            found.setdefault((str(value),), set()).add(pk)
        return found


def _numbered_before(row: Cleaned, seen: Seen) -> bool:
    """Whether an earlier row is of the same record: somebody has copied it."""
    return row.pk is not None and seen.before(marks.NUMBER, [row.pk], row.row.number) is not None


def _empty(value: Any) -> bool:
    """Not by comparing: a record is asked at length whether it equals a text."""
    return value is None or (isinstance(value, str) and not value)


def wanted_of(key: Key, row: Cleaned) -> Wanted | None:
    """The texts a row is looked up by; None when one of them is missing."""
    values = [row.values.get(name) for name in key.names]
    if any(_empty(value) or isinstance(value, Unknown) for value in values):
        return None
    if key.find is None:
        return tuple(map(str, values))
    return tuple(
        str(value.pk) if isinstance(value, Model) else caseless(str(value)) for value in values
    )


def refuse_taken(kind: RecordType, rows: Sequence[Cleaned], seen: Seen) -> None:
    """Refuse rows with a value that must be unique and that another record or row has."""
    names = {name for row in rows for name in row.values}
    for name in names:
        try:
            column = info(kind.model, name).column
        except LookupError:
            continue
        beside = unique_beside(column)
        if beside is not None:
            _refuse_taken(kind, rows, seen, name, beside)
        if column.null:
            for row in rows:
                if row.values.get(name) == "":
                    row.values[name] = None


def _refuse_taken(
    kind: RecordType, rows: Sequence[Cleaned], seen: Seen, name: str, beside: tuple[str, ...]
) -> None:
    fresh = kind.model()

    def place(row: Cleaned) -> tuple[Any, ...]:
        said = (
            row.values[one] if one in row.values else kept(fresh, one) for one in (name, *beside)
        )
        return tuple(value.pk if isinstance(value, Model) else value for value in said)

    def told(row: Cleaned) -> bool:
        value = row.values.get(name)  # what is yet to be made has nothing that another one has
        return value not in (None, "") and not isinstance(value, Unknown)

    asked = [row for row in rows if told(row)]
    how = "in" if info(kind.model, name).column.is_relation else "among"
    taken = kind.model._default_manager.filter(
        **{f"{name}__{how}": {row.values[name] for row in asked}}
    )
    owners = {tuple(rest): pk for pk, *rest in taken.values_list("pk", name, *beside)}
    for row in asked:
        owner = owners.get(place(row))
        if owner is not None and owner != row.pk:
            row.refuse(_("This is already taken by another record."), name)
        elif seen.before(f"unique:{name}", place(row), row.row.number) is not None:
            row.refuse(_("An earlier row has the same value."), name)
