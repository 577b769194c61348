"""Formulas as administrators write them: with the labels of fields, checked as a whole.

What is stored names fields as everything else does (`[custom__size] * 2`), whatever they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import LANGUAGES, translated
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.record import internal_fields, secret_fields
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.kernel.text import normal
from kundenkreis.records.cells import written
from kundenkreis.records.custom import computing, definitions
from kundenkreis.records.custom.types import FORMULA
from kundenkreis.records.declaration import name_of
from kundenkreis.records.fields import column_names, info, info_of
from kundenkreis.records.formulas.checking import check
from kundenkreis.records.formulas.errors import FormulaError
from kundenkreis.records.formulas.parsing import parse, tokens
from kundenkreis.records.formulas.tree import Sort, fields_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import FieldDefinition

EXAMPLES = 3


def offered(kind: RecordType) -> dict[str, Sort]:
    """The fields of a type that a formula can use, and what they hold; by name, in order."""
    found: dict[str, Sort] = {}
    left = internal_fields(kind.model) | secret_fields(kind.model) | unaudited_fields(kind.model)
    columns = {*column_names(kind.model)} - left
    for name in dict.fromkeys(_spoken_of(kind)):
        if name in columns:
            sort = computing.sort_of_column(info(kind.model, name).column)
            found |= {} if sort is None else {name: sort}
    for one in definitions.of(kind.model).values():
        own = computing.sort_of(one)
        found |= {} if own is None else {one.name: own}
    return found


def labels(kind: RecordType) -> dict[str, str]:
    """What these are called in formulas: by their label, or their name where that is not clear."""
    said = {name: str(info(kind.model, name).label) for name in offered(kind)}
    once = [text.casefold() for text in said.values()]
    return {
        name: name if once.count(text.casefold()) > 1 or set(text) & {"[", "]"} else text
        for name, text in said.items()
    }


def settled(kind: RecordType, typed: str, name: str = "") -> dict[str, Any]:
    """A formula that was typed as it is stored, with what it gives; `name` is its own field.

    Raises `DomainError` naming the place.
    """
    typed = normal(str(typed)).strip()
    try:
        return _settled(kind, typed, name)
    except FormulaError as error:
        raise error.in_text(typed) from error


def shown(kind: RecordType, stored: str) -> str:
    """A stored formula with the labels of its fields."""
    said = labels(kind)
    return _renamed(stored, lambda name: said.get(name, name))


def _settled(kind: RecordType, typed: str, name: str) -> dict[str, Any]:
    if not typed:
        raise FormulaError(0, _("Write a formula."), _("Such as: [Amount] * 2"))
    formula, known, meant = parse(typed), offered(kind), _meanings(kind)
    names = {one.name: meant.get(one.name.casefold(), "") for one in fields_in(formula)}
    sort = check(formula, {said: known[of] for said, of in names.items() if of})
    stored = _renamed(typed, lambda said: names[said.strip()])
    fields = definitions.of(kind.model)
    if name and any(computing.circle(name, parse(stored), fields)):
        raise FormulaError(
            0,
            _("The formula would be made of itself."),
            _("It uses a field that is worked out from this one."),
        )
    return {"formula": stored, "result": sort.name, "currency": sort.currency}


def _meanings(kind: RecordType) -> dict[str, str]:
    """The field that a text in brackets means: by its name, or its label in any language, that of
    whoever writes before others."""
    found: dict[str, str] = {}
    for language in (get_language(), *LANGUAGES):
        with translation.override(language):
            for name, text in labels(kind).items():
                found.setdefault(text.casefold(), name)
    return found | {name: name for name in offered(kind)}


def _renamed(text: str, rename: Callable[[str], str]) -> str:
    made, at = "", 0
    for token in tokens(text):
        if token.kind == "field":
            made += f"{text[at : token.at]}[{rename(token.said)}]"
            at = token.end
    return made + text[at:]


def examples(
    kind: RecordType, viewer: Viewer, definition: FieldDefinition
) -> list[tuple[str, str]]:
    """What a formula gives for the newest records that the viewer may read, as far as they may."""
    found = info_of(kind.model, definition)
    shape = SHAPES[found.shape]
    worked_out = computing.work(definition, kind.model, definitions.of(kind.model))
    told = []
    for record in kind.rows(viewer).order_by("-pk")[:EXAMPLES]:
        value = shape.read(worked_out(record))
        if found.kind is Kind.MONEY and value is not None:
            value = Money(value, found.currency(record))
        told.append((str(record), "" if value is None else written(found, value)))
    return told


def unaudited_fields(model: type[Any]) -> frozenset[str]:
    """Columns that change without anybody being told, so that nothing can follow from them."""
    named: frozenset[str] = getattr(model, "unaudited_fields", frozenset())
    return named


def _spoken_of(kind: RecordType) -> Iterator[str]:
    for section in kind.sections:
        yield from (name_of(fact) for fact in section.facts)
    yield from (column.name for column in kind.columns)
    yield from (*kind.form, *kind.filters, *kind.exchange.fields, "next_step", "next_step_on")


def require_unused(kind: RecordType, name: str) -> None:
    """Raise `DomainError` for a field that a formula names."""
    for one in definitions.of(kind.model).values():
        if name in computing.uses(one):
            raise DomainError(
                _("The formula “%(name)s” uses this field.") % {"name": translated(one.label)},
                _("Without it nothing could be worked out any more."),
                _("Change the formula first, or delete it."),
            )


def require_fit(kind: RecordType) -> dict[str, dict[str, Any]]:
    """What the formulas of a type give as its fields are now, by name; `DomainError` for one that
    would give something else, or nothing."""
    found: dict[str, dict[str, Any]] = {}
    for name, one in definitions.of(kind.model).items():
        if one.type == FORMULA:
            try:
                found[name] = settled(kind, one.options["formula"])
            except DomainError as error:
                raise _breaks(one, str(error)) from error
            if found[name]["result"] != one.options["result"]:
                raise _breaks(one, _("What it gives would be of another type."))
    return found


def _breaks(definition: Any, why: str) -> DomainError:
    name = translated(definition.label)
    return DomainError(_("The formula “%(name)s” would no longer fit.") % {"name": name}, why)
