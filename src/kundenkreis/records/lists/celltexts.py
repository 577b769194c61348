"""Cells as text, the way people type, copy and paste them: what a value is as text, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind, caseless
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.money import to_major
from kundenkreis.kernel.words import different
from kundenkreis.records import registry
from kundenkreis.records.cells import written
from kundenkreis.records.fields import Info, info
from kundenkreis.records.forms import RecordForm, of_input
from kundenkreis.records.parsing import plain
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Input, RecordType

# What spreadsheets and people write for yes and no, in both languages.
TRUTHS = {"yes", "ja", "true", "wahr", "x", "1", "y", "j"}
FALSEHOODS = {"", "no", "nein", "false", "falsch", "0", "n", "-"}


def typed(found: Info, record: Any) -> str:
    """A record's value as somebody would type it; what is chosen from a list by its stored value."""
    value = getattr(record, found.name)
    if value is None or value == "":
        return ""
    match found.kind:
        case Kind.MONEY:
            return plain(to_major(value, found.currency(record)))
        case Kind.NUMBER:
            return plain(value if isinstance(value, Decimal) else Decimal(str(value)))
        case Kind.DATE:
            return formats.day(value)
        case Kind.DATETIME:
            return formats.instant(value)
        case Kind.TIME:
            return f"{value:%H:%M}"
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.WORDS:
            return written(found, value)
        case Kind.REFERENCE if not found.directory:
            kind = registry.of_model(found.related)
            return str(value) if kind and not kind.few else str(value.pk)
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def held(found: Info, record: Any) -> str:
    """The same, unmistakably: two records of one name are two values."""
    if found.related is None:
        return typed(found, record)
    key = getattr(record, found.column.attname)
    return "" if key is None else str(key)


@dataclass(frozen=True, slots=True)
class CellField:
    """What the cells of a column hold: a field of the model, or a way to reach somebody."""

    kind: RecordType
    name: str

    @property
    def label(self) -> StrOrPromise:
        column = self.kind.column(self.name)
        return (column.label if column else "") or info(self.kind.model, self.name).label

    def hidden(self, record: Any) -> bool:
        """Whether it names a record that whoever reads this one may not read."""
        known = self.kind.way(self.name) or record is None
        return not known and info(self.kind.model, self.name).hidden(record)

    def typed(self, record: Any) -> str:
        way = self.kind.way(self.name)
        return (
            way.read(record)
            if way and way.read
            else typed(info(self.kind.model, self.name), record)
        )

    def held(self, record: Any) -> str:
        way = self.kind.way(self.name)
        return self.typed(record) if way else held(info(self.kind.model, self.name), record)

    def differs(self, record: Any, value: Any) -> bool:
        """Whether a value that was read is another than the record's."""
        way = self.kind.way(self.name)
        if way and way.read:
            return plainly(way, value or "") != plainly(way, way.read(record))
        return bool(getattr(record, self.name) != value)


def plainly(way: Input, value: str) -> str:
    """The form in which two values of an input are the same; what cannot be read is itself."""
    try:
        return way.plain(value) if value else ""
    except DomainError:
        return value


class Reader:
    """What texts mean in some fields of a type; made once for any number of rows."""

    def __init__(self, kind: RecordType, viewer: Viewer, names: Iterable[str]) -> None:
        self.kind, self.viewer = kind, viewer
        self.fields = {name: of_input(kind, name, viewer) for name in names}
        self._labels = {
            name: labels_of(getattr(field, "everybody", field.choices))
            for name, field in self.fields.items()
            if isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        }

    def form(
        self, record: Any, texts: Mapping[str, str], chosen: Iterable[str] = ()
    ) -> tuple[RecordForm, dict[str, str]]:
        """A form filled with the texts, and what is wrong with those that mean nothing.

        Those of the names in `chosen` were picked from a list: their text is the stored value.
        """
        data: dict[str, str | list[str]] = {}
        wrong = {}
        for name, text in texts.items():
            try:
                data[name] = text if name in chosen else self._meant(name, text)
            except ValidationError as error:
                wrong[name] = " ".join(error.messages)
        fields = {name: self.fields[name] for name in data}
        return RecordForm(self.kind, self.viewer, data, data, record=record, fields=fields), wrong

    def _meant(self, name: str, text: str) -> str | list[str]:
        text = text.strip()
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return truth_of(text)
        if isinstance(field, forms.MultipleChoiceField):
            found = info(self.kind.model, name)
            return [choice_of(self._labels[name], found, part) for part in different(text)]
        if name in self._labels:
            return choice_of(self._labels[name], info(self.kind.model, name), text)
        if not isinstance(field.widget, forms.Textarea):
            return " ".join(text.splitlines())
        return text


def labels_of(choices: Any) -> dict[str, list[str]]:
    """The stored values by their labels; several where labels are the same."""
    found: dict[str, list[str]] = {}
    for value, label in choices:
        found.setdefault(caseless(str(label)), []).append(str(value))
    return found


def choice_of(labels: Mapping[str, list[str]], found: Info, text: str) -> str:
    """The stored value of the choice that a text names. Raises `ValidationError`."""
    if not text:
        return ""
    values = labels.get(caseless(text), [])
    if len(values) > 1:
        raise ValidationError(_("“%(text)s” can mean several.") % {"text": text[:80]})
    if values:
        return values[0]
    # Numbers of people and teams are no names: a column of figures must not become owners.
    if found.kind is Kind.CHOICE and any(text in known for known in labels.values()):
        return text
    raise ValidationError(_("“%(text)s” is none of the choices.") % {"text": text[:80]})


def truth_of(text: str) -> str:
    """Yes or no, as "true" or "false". Raises `ValidationError`."""
    word = caseless(text)
    if word in TRUTHS:
        return "true"
    if word in FALSEHOODS:
        return "false"
    raise ValidationError(_("Write “yes” or “no”."))
