"""What conditions over a type may speak about: the fields that its pages show to the viewer."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

from kundenkreis.kernel.access import readable_at
from kundenkreis.kernel.conditions import Choice, Field, Kind, Vocabulary
from kundenkreis.kernel.fields import LANGUAGES, translated
from kundenkreis.kernel.json_values import JsonText
from kundenkreis.records import registry
from kundenkreis.records.custom.once import once_for_viewer
from kundenkreis.records.fields import info, names
from kundenkreis.records.lists.choices import MAX_OFFERED, offered
from kundenkreis.records.lists.columns import COMMON
from kundenkreis.records.lists.related import relations
from kundenkreis.records.lists.words import in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.fields import Info

_KEY = BigIntegerField()
_WITH_CHOICES = (Kind.CHOICE, Kind.REFERENCE, Kind.WORDS)


@once_for_viewer
def vocabulary(kind: RecordType, viewer: Viewer) -> Vocabulary:
    """The fields of a type that conditions may speak about, and its relations to other types."""
    own = fields_of(kind, viewer)
    return replace(own, node_types=(*own.node_types, *relations(kind, viewer, fields_of)))


@once_for_viewer
def fields_of(kind: RecordType, viewer: Viewer) -> Vocabulary:
    """The same without the relations that every type has."""
    asked = shown(kind)
    found = (info(kind.model, name) for name in names(kind.model) if kind.sees(viewer, name))
    known = (one for one in found if one.name in asked or one.definition is not None)
    fields = {one.name: _condition_field(kind, one, viewer) for one in known if one.comparable}
    more = list(registry.vocabularies(kind, viewer))
    for other in more:
        fields = {one.name: one for one in other.fields} | fields
    return Vocabulary(
        kind.name,
        tuple(fields.values()),
        tuple(chain.from_iterable(other.families for other in more)),
        tuple(chain.from_iterable(other.node_types for other in more)),
    )


def shown(kind: RecordType) -> set[str]:
    """Nothing else may be asked for: a comparison tells as much of a field as showing it."""
    facts = [fact for section in kind.sections for fact in section.facts]
    columns = [*kind.columns, *(fact for fact in facts if not isinstance(fact, str))]
    names = {fact for fact in facts if isinstance(fact, str)}
    names |= {name for column in columns for name in (column.name, *column.sort)}
    return names.union(COMMON, kind.filters, kind.exchange.fields)


def _condition_field(kind: RecordType, one: Info, viewer: Viewer) -> Field:
    def choices() -> list[Choice]:
        if one.several and one.worded:
            words = in_use(kind, viewer, [one.name])[one.name]
            return [Choice(word, word) for word in words[:MAX_OFFERED]]
        return [Choice(value, label) for value, label in offered(one, viewer)]

    if one.translated:
        return _translated_field(one)
    known = readable_at(viewer, kind.model, one.name)
    stored = one.sql
    made = Field(
        name=one.name,
        kind=one.kind,
        label=one.label,
        read=one.value if one.kind is Kind.MONEY else _reader(one, known),
        # A record that the viewer may not read is compared as if there were none.
        sql=stored if known == Q() else Case(When(known, then=stored), output_field=_KEY),
        sql_currency=one.sql_currency,
        # What a menu offers are words as they are stored; comparing them so can use an index.
        exact=one.kind is Kind.TEXT and (one.name in kind.filters or one.definition is not None),
        words=one.words,
    )
    return replace(made, choices=choices) if one.kind in _WITH_CHOICES else made


def _reader(one: Info, known: Q) -> Callable[[Any], Any]:
    name = one.column.attname if known == Q() else one.name
    return lambda record: getattr(record, name)


def _translated_field(one: Info) -> Field:
    """A text as the page shows it: in the user's language, else in the first one that has it."""
    codes = dict.fromkeys(((get_language() or LANGUAGES[0]).split("-")[0], *LANGUAGES))
    texts = [NullIf(JsonText(one.name, (code,)), Value("")) for code in codes]

    def read(record: Any) -> str:
        return translated(getattr(record, one.name))

    return Field(one.name, Kind.TEXT, one.label, read, Coalesce(*texts))
