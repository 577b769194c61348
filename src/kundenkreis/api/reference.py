"""The reference of the API in words: of one caller for pages, of everybody for the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from kundenkreis.api.resources import Resource, resources
from kundenkreis.api.writing import needed
from kundenkreis.kernel.access import system
from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.conditions.kinds import KIND_LABELS
from kundenkreis.records import registry
from kundenkreis.records.custom import definitions

if TYPE_CHECKING:
    from kundenkreis.api.resources import Property

EXAMPLES: dict[Kind, Any] = {
    Kind.NUMBER: 3,
    Kind.MONEY: {"minor": 1999, "currency": "EUR"},
    Kind.DATE: "2026-11-21",
    Kind.DATETIME: "2026-11-21T12:00:00Z",
    Kind.TIME: "17:30",
    Kind.BOOLEAN: True,
    Kind.REFERENCE: 17,
    Kind.WORDS: ["VIP"],
}
MOST = 4  # fields of an example


@dataclass(frozen=True, slots=True)
class Row:
    """One field in a table."""

    name: str
    label: str
    type: str
    uses: str
    help: str


def rows_of(one: Resource) -> list[Row]:
    """The fields of a type: what each holds, and what may be done with it."""
    must = needed(one) if one.kind.may(one.viewer, "create") else []
    return [
        Row(name, found.label, type_of(found), ", ".join(_uses(one, found, must)), _help(found))
        for name, found in one.properties.items()
    ]


def type_of(one: Property) -> str:
    """What a value is, in one or two words; of references which records."""
    if one.info is None:
        return str(KIND_LABELS[Kind.REFERENCE if one.reference else Kind.TEXT])
    other = registry.of_model(one.info.related)
    said = str(KIND_LABELS[one.info.kind])
    return f"{said} → {other.slug}" if other is not None else said


def _uses(one: Resource, found: Property, must: list[str]) -> Iterator[str]:
    if found.read is not None:
        yield _("read")
    if one.kind.may(one.viewer, "create") and found.name in one.creates:
        yield _("create (needed)") if found.name in must else _("create")
    if found.name in one.changes:
        yield _("change")
    if found.name in one.sorts:
        yield _("sort")


def _help(one: Property) -> str:
    if one.info is None:
        return ""
    choices = one.info.column.flatchoices if one.info.kind is Kind.CHOICE else ()
    said = [str(one.info.column.help_text), ", ".join(str(value) for value, _label in choices)]
    return " ".join(filter(None, said))


def example(one: Resource) -> dict[str, Any]:
    """A body that makes a record: what it needs, and a few fields more."""
    must = needed(one)
    names = [*must, *(name for name in one.creates if name not in must)][: max(MOST, len(must))]
    return {name: _example(one.property(name)) for name in names}


def _example(one: Property) -> Any:
    if one.info is None:
        return 17 if one.reference else "…"
    if one.info.translated:
        return {"de": "Neu", "en": "New"}
    if one.info.kind is Kind.CHOICE:
        return next((str(value) for value, _label in one.info.column.flatchoices), "…")
    return EXAMPLES.get(one.info.kind, "…")


def markdown() -> str:
    """All types with all fields that every installation has, for the documents."""
    definitions.know_none()
    with translation.override("en"):
        return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# API: types and fields"
    yield ""
    yield "Written by `make messages` from the declarations. How the API is used: [api.md](../api.md)."
    for one in resources(system("reference")):
        yield ""
        yield f"## {one.kind.title}: `/api/v1/{one.kind.slug}`"
        yield ""
        yield "| field | label | value | for | about |"
        yield "|---|---|---|---|---|"
        for row in rows_of(one):
            help_text = row.help.replace("|", "\\|")
            yield f"| `{row.name}` | {row.label} | {row.type} | {row.uses} | {help_text} |"
    yield ""
