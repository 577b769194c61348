"""Filters of a list: parameters of its address become one tree of conditions.

`?stage=3&stage=4&owner_id=7` filters by choice and reference fields; `?where={…}` takes any tree
of `kernel.conditions` over the type's fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.kernel import conditions
from kundenkreis.kernel.access import readable_at
from kundenkreis.kernel.conditions import (
    All,
    Choice,
    Compare,
    ConditionError,
    Field,
    Kind,
    Node,
    Vocabulary,
)
from kundenkreis.kernel.fields import LANGUAGES, translated
from kundenkreis.kernel.json_values import JsonText
from kundenkreis.records import definitions, directory, registry
from kundenkreis.records.addresses import changed, pairs
from kundenkreis.records.columns import COMMON
from kundenkreis.records.fields import Info, info, names
from kundenkreis.records.numbers import whole
from kundenkreis.records.search import clean
from kundenkreis.records.words import in_use

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MAX_OFFERED = 60
_KEY = BigIntegerField()
_CHOSEN = (Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN, Kind.REFERENCE, Kind.WORDS)
_WITH_CHOICES = (Kind.CHOICE, Kind.REFERENCE, Kind.WORDS)


@dataclass(frozen=True, slots=True)
class Option:
    """One value a filter menu offers; `url` switches it on or off."""

    label: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """The filter of one field: what is chosen, what may be chosen."""

    name: str
    label: str
    options: list[Option]
    chosen: str = ""
    clear: str = ""


@dataclass(slots=True)
class Filters:
    """What the address of a list asks for."""

    tree: Node = field(default_factory=All)
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary("records"))
    menus: list[Menu] = field(default_factory=list)
    chosen: dict[str, list[Any]] = field(default_factory=dict)
    sentence: str = ""
    where: str = ""  # the conditions that could be understood, as they came
    without: str = ""  # the address without them
    clear: str = ""
    kept: list[tuple[str, str]] = field(default_factory=list)  # what a search sends along
    problem: ConditionError | str = ""

    @property
    def active(self) -> bool:
        return bool(self.chosen or self.sentence)


def vocabulary(kind: RecordType, viewer: Viewer) -> Vocabulary:
    """The fields of a type that conditions may speak about: those that its pages show."""
    asked = _shown(kind)
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


def _shown(kind: RecordType) -> set[str]:
    """Nothing else may be asked for: a comparison tells as much of a field as showing it."""
    facts = [fact for section in kind.sections for fact in section.facts]
    columns = [*kind.columns, *(fact for fact in facts if not isinstance(fact, str))]
    names = {fact for fact in facts if isinstance(fact, str)}
    names |= {name for column in columns for name in (column.name, *column.sort)}
    return names.union(COMMON, kind.filters, kind.exchange.fields)


def read(kind: RecordType, viewer: Viewer, parameters: QueryDict, address: str) -> Filters:
    """The filters of a request. A condition that cannot be understood is reported, not applied."""
    found = Filters(vocabulary=vocabulary(kind, viewer))
    parts: list[Node] = []
    offered = [name for name in kind.filters if kind.sees(viewer, name)]
    for name in (*offered, *_references(kind, viewer), *_own(kind, viewer)):
        one = info(kind.model, name)
        values = [value for text in parameters.getlist(name) if (value := _typed(one, text)) != ""]
        if values:
            found.chosen[name] = values
            parts.append(Compare(name, "has_any" if one.several else "in", tuple(values)))
    try:
        if where := parameters.get("where"):
            tree = conditions.load(json.loads(where), found.vocabulary)
            if tree != All():
                parts.append(tree)
                found.sentence = conditions.sentence(tree, found.vocabulary)
                found.where = where
    except ConditionError as error:
        found.problem = error
    except ValueError:
        found.problem = _("unreadable filter")
    found.tree = All(tuple(parts))
    names = dict.fromkeys((*offered, *found.chosen))
    words = in_use(kind, viewer, [name for name in names if info(kind.model, name).worded])
    found.menus = [
        _menu(info(kind.model, name), viewer, words, found, parameters, address) for name in names
    ]
    found.without = changed(address, parameters, where="", after="", before="")
    found.kept = pairs(parameters, without=("q", "after", "before"))
    found.clear = changed(
        address, parameters, where="", q="", after="", **dict.fromkeys(found.chosen, "")
    )
    return found


def _references(kind: RecordType, viewer: Viewer) -> Iterator[str]:
    """References may always be filtered by address, so that other pages can link to a list."""
    for column in kind.model._meta.concrete_fields:
        name = column.name
        if column.is_relation and name not in kind.filters and kind.sees(viewer, name):
            yield name


def _own(kind: RecordType, viewer: Viewer) -> Iterator[str]:
    """And so may what the company has said its lists are filtered by."""
    for one in definitions.in_use(kind.model):
        chosen = one.fieldtype.kind in _CHOSEN
        if one.filterable and chosen and kind.sees(viewer, one.name):
            yield one.name


def _typed(found: Info, text: str) -> Any:
    if found.kind is Kind.REFERENCE:
        number = whole(text)
        return "" if number is None else number
    if found.kind is Kind.BOOLEAN:
        return {"1": True, "0": False}.get(text, "")
    return clean(text)


def _menu(
    one: Info,
    viewer: Viewer,
    words: dict[str, list[str]],
    found: Filters,
    parameters: QueryDict,
    address: str,
) -> Menu:
    name, chosen = one.name, found.chosen.get(one.name, [])
    offered = [(word, word) for word in words.get(name, ())][:MAX_OFFERED]
    offered = offered or _offered(one, viewer, chosen)
    options = [
        Option(label, _toggled(address, parameters, name, value, one), value in chosen)
        for value, label in offered
    ]
    labels = [option.label for option in options if option.chosen]
    clear = changed(address, parameters, after="", **{name: ""})
    return Menu(name, str(one.label), options, ", ".join(labels), clear)


def _offered(one: Info, viewer: Viewer, chosen: list[Any]) -> list[tuple[Any, str]]:
    if one.directory:
        return directory.choices(one.name, viewer)[:MAX_OFFERED]
    if one.kind is Kind.BOOLEAN:
        return [(True, _("yes")), (False, _("no"))]
    if one.column.choices:
        return [(value, str(label)) for value, label in one.column.flatchoices][:MAX_OFFERED]
    if one.related is None:
        return []
    kind = registry.of_model(one.related)
    if kind is None:
        rows = one.related._default_manager.all()[:MAX_OFFERED]
    else:
        rows = kind.rows(viewer).filter(pk__in=chosen)[:MAX_OFFERED]
    return [(row.pk, str(row)) for row in rows]


def _toggled(address: str, parameters: QueryDict, name: str, value: Any, one: Info) -> str:
    text = ("1" if value else "0") if one.kind is Kind.BOOLEAN else str(value)
    chosen = parameters.getlist(name)
    toggled = [v for v in chosen if v != text] if text in chosen else [*chosen, text]
    return changed(address, parameters, after="", before="", **{name: toggled})


def _condition_field(kind: RecordType, one: Info, viewer: Viewer) -> Field:
    def choices() -> list[Choice]:
        if one.several and one.worded:
            words = in_use(kind, viewer, [one.name])[one.name]
            return [Choice(word, word) for word in words[:MAX_OFFERED]]
        return [Choice(value, label) for value, label in _offered(one, viewer, [])]

    if one.translated:
        return _translated_field(one)
    known = readable_at(viewer, kind.model, one.name)
    stored = one.sql
    made = Field(
        name=one.name,
        kind=one.kind,
        label=one.label,
        read=lambda record: getattr(record, one.column.attname if known == Q() else one.name),
        # A record that the viewer may not read is compared as if there were none.
        sql=stored if known == Q() else Case(When(known, then=stored), output_field=_KEY),
        sql_currency=one.sql_currency,
        # What a menu offers are words as they are stored; comparing them so can use an index.
        exact=one.kind is Kind.TEXT and (one.name in kind.filters or one.definition is not None),
        words=one.words,
    )
    return replace(made, choices=choices) if one.kind in _WITH_CHOICES else made


def _translated_field(one: Info) -> Field:
    """A text as the page shows it: in the user's language, else in the first one that has it."""
    codes = dict.fromkeys(((get_language() or LANGUAGES[0]).split("-")[0], *LANGUAGES))
    texts = [NullIf(JsonText(one.name, (code,)), Value("")) for code in codes]

    def read(record: Any) -> str:
        return translated(getattr(record, one.name))

    return Field(one.name, Kind.TEXT, one.label, read, Coalesce(*texts))
