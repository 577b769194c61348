"""From the cells of a row to values for a command: the fields of the form decide, one by one.

The fields are made once for a whole file, and a text that comes again is not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.kernel.money import to_minor
from kundenkreis.kernel.words import different
from kundenkreis.records.exchange import marks
from kundenkreis.records.exchange.notation import Notation, number_of, text_of
from kundenkreis.records.exchange.related import Related
from kundenkreis.records.fields import Info, info
from kundenkreis.records.formfields import (
    DayField,
    InstantField,
    MoneyField,
    NumberField,
    ReferenceField,
)
from kundenkreis.records.forms import form_names, of_input, settled
from kundenkreis.records.lists.celltexts import choice_of, labels_of, truth_of
from kundenkreis.records.numbers import whole
from kundenkreis.records.parsing import plain

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.exchange.reading import Cell, Row

SAME: Any = {"d": ""}  # a cell that says what the record says; it is not looked at
KEPT = 20_000  # texts of a column whose values are remembered


@dataclass(slots=True)
class Cleaned:
    """What a row says: values by field, and what is wrong, by field ("" for the row itself)."""

    row: Row
    values: dict[str, Any] = part(default_factory=dict)
    wrong: dict[str, str] = part(default_factory=dict)
    pk: int | None = None  # the record's number, where the file gives it
    said: bool = True  # whether there is any cell at all
    amounts: dict[str, Decimal] = part(default_factory=dict)  # as the file says them

    def refuse(self, text: str, name: str = "") -> None:
        known = self.wrong.get(name)
        self.wrong[name] = f"{known} {text}" if known else text


class Cleaner:
    """Reads the cells of one file's rows.

    Parameters: `mapping` names a field for each column; `constants` are values for all rows, as
    texts; `related` finds and makes the records that cells name.
    """

    def __init__(
        self,
        kind: RecordType,
        viewer: Viewer,
        mapping: Sequence[str],
        notation: Notation,
        constants: dict[str, str],
        related: Related,
    ) -> None:
        self.kind, self.notation, self.related = kind, notation, related
        self.columns = [(at, name) for at, name in enumerate(mapping) if name]
        used = dict.fromkeys(name for _, name in self.columns)
        names = form_names(kind, viewer)
        self.fields = {name: of_input(kind, name, viewer) for name in names}
        self._readers = {
            name: self._reader(name, self.fields[name])
            for name in names
            if name in used or name in constants
        }
        self._known: dict[str, dict[Any, Any]] = {name: {} for name in self._readers}
        # What becomes of a name changes as records are made: `related` keeps those in mind.
        self._named = {name for name, one in self.fields.items() if isinstance(one, ReferenceField)}
        self._constants = constants
        # They fill what new records lack; an existing one is not changed by what no file says.
        self.constant_only = frozenset(constants) - set(used)
        self.missing = self._missing(set(used) | set(constants))

    def clean(self, rows: Sequence[Row]) -> list[Cleaned]:
        """Read some rows; what they name of other records is looked up for all of them at once."""
        self._look_up(rows)
        return [self._row(row) for row in rows]

    def _row(self, row: Row) -> Cleaned:
        found = Cleaned(row)
        for at, name in self.columns:
            cell = row.cells[at] if at < len(row.cells) else ""
            if cell is SAME:
                continue
            if name == marks.NUMBER:
                self._number(cell, found)
            elif name in self._readers:
                self._read(name, cell, found)
        for name, text in self._constants.items():
            if name in self._readers and found.values.get(name) in (None, ""):
                self._read(name, text, found)
        self._settle(found)
        return found

    def _read(self, name: str, cell: Cell, found: Cleaned) -> None:
        known, key = self._known[name], cell["d"] if isinstance(cell, dict) else cell
        try:
            if key in known and type(key) is str:
                found.values[name] = known[key]
                return
            value = found.values[name] = self._readers[name](cell)
            if type(key) is str and len(known) < KEPT and name not in self._named:
                known[key] = value
        except ValidationError as error:
            found.refuse(" ".join(error.messages), name)
        except DomainError as error:
            found.refuse(str(error), name)

    def _number(self, cell: Cell, found: Cleaned) -> None:
        text = text_of(cell).removeprefix("#")
        found.pk = whole(text)
        if text and found.pk is None:
            found.refuse(_("This is not a number."), marks.NUMBER)

    def _settle(self, found: Cleaned) -> None:
        """What depends on other cells of the row: amounts on its currency."""
        for name, value in found.values.items():
            field = self.fields[name]
            if isinstance(field, MoneyField) and value is not None:
                found.amounts[name] = value
                found.values[name] = to_minor(value, self._currency(name, found))
        found.said = any(value not in (None, "", False) for value in found.values.values())

    def meet(self, row: Cleaned, record: Any) -> None:
        """What depends on the record that a row turned out to mean: amounts on its currency, where
        the row says none."""
        if row.values.get("currency") or not (stored := getattr(record, "currency", "")):
            return
        for name, amount in row.amounts.items():
            definition = info(self.kind.model, name).definition
            if definition is None or not definition.options.get("currency"):
                row.values[name] = to_minor(amount, stored)

    def _currency(self, name: str, found: Cleaned) -> str:
        return info(self.kind.model, name).currency_among(found.values.get("currency"))

    def _missing(self, said: set[str]) -> dict[str, str]:
        """Fields that a new record needs and no column or choice gives a value."""
        found = {}
        for name, field in self.fields.items():
            if name not in said and field.required and not self._has_default(name):
                found[name] = str(field.error_messages["required"])
        return found

    def _has_default(self, name: str) -> bool:
        try:
            column = info(self.kind.model, name).column
        except LookupError:
            return False
        return column.has_default() and column.get_default() not in (None, "")

    def _look_up(self, rows: Sequence[Row]) -> None:
        for name, field in self.fields.items():
            if name in self._readers and isinstance(field, ReferenceField):
                texts = {text_of(cell) for cell in self._cells(name, rows)}
                self.related.look_up(field.kind, texts - {""})

    def _cells(self, name: str, rows: Iterable[Row]) -> Iterable[Cell]:
        places = [at for at, known in self.columns if known == name]
        if name in self._constants:
            yield self._constants[name]
        for row in rows:
            yield from (row.cells[at] for at in places if at < len(row.cells))

    def _reader(self, name: str, field: forms.Field) -> Callable[[Cell], Any]:
        """What makes a value of this field from a cell. Raises `ValidationError`."""
        if isinstance(field, ReferenceField):
            return lambda cell: self._related(name, field, cell)
        prepare = self._prepare(name, field)
        if isinstance(field, forms.BooleanField) and self._info(name).nullable:
            # An empty cell says neither yes nor no.
            return lambda cell: field.clean(prepare(cell)) if text_of(cell) else None
        return lambda cell: settled(field.clean(prepare(cell)))

    def _related(self, name: str, field: ReferenceField, cell: Cell) -> Any:
        text = text_of(cell)
        if not text:
            return field.clean(text)
        return self.related.found(name, field.kind, text)

    def _prepare(self, name: str, field: forms.Field) -> Callable[[Cell], Any]:
        """A cell as the form field takes it, whatever notation the file has."""
        notation = self.notation
        if isinstance(field, NumberField):

            def figure(cell: Cell) -> str:
                number = number_of(cell, notation)
                return "" if number is None else plain(number)

            return figure
        if isinstance(field, DayField):
            return lambda cell: (
                notation.day(text_of(cell))[:10]
                if len(text_of(cell)) > 10
                else notation.day(text_of(cell))
            )
        if isinstance(field, InstantField):
            return lambda cell: notation.day(text_of(cell))
        if isinstance(field, forms.BooleanField):
            return lambda cell: truth_of(text_of(cell)) == "true"
        if isinstance(field, forms.MultipleChoiceField):
            labels, found = _labels(field), self._info(name)
            return lambda cell: [
                choice_of(labels, found, part) for part in different(text_of(cell))
            ]
        if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            labels, found = _labels(field), self._info(name)
            return lambda cell: choice_of(labels, found, text_of(cell))
        if isinstance(field.widget, forms.Textarea):
            return text_of
        return lambda cell: " ".join(text_of(cell).split())

    def _info(self, name: str) -> Info:
        return info(self.kind.model, name)


def _labels(field: Any) -> dict[str, list[str]]:
    """What a choice is called, in every language: a file may come from a colleague."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for label, values in labels_of(getattr(field, "everybody", field.choices)).items():
                found.setdefault(label, values)
    return found
