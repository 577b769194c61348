"""Start-up checks of every declaration: a misspelled name is found before the first request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from kundenkreis.kernel.access import Level, Viewer, guarded
from kundenkreis.records import registry
from kundenkreis.records.fields import column_names
from kundenkreis.records.registry import ADDED, TYPES

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType


@register("records")
def check_declarations(**_: Any) -> list[CheckMessage]:
    """Every type's declaration, and every addition to one."""
    found = [problem for kind in TYPES.values() for problem in problems(kind)]
    slugs = [kind.slug for kind in TYPES.values()]
    found += [
        Error(f"two record types have the slug “{slug}”", id="records.E004")
        for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1})
    ]
    found += [
        Error(
            f"panels are added to “{name}”, which is no record type",
            hint=_suggestion(name, TYPES),
            id="records.E005",
        )
        for name in sorted(set(ADDED) - set(TYPES))
    ]
    return found


def problems(kind: RecordType) -> Iterator[CheckMessage]:
    """What is wrong with one declaration: type, place, name, and what may have been meant."""
    known = column_names(kind.model)
    reached = {found.name for found in kind.model._meta.get_fields()}
    inputs = {one.name for one in kind.inputs}
    for place, name in _named(kind):
        if place == "search" and name in reached:
            continue  # texts of what belongs to a record are searched too
        if name not in known and not (place == "form" and name in inputs):
            yield Error(
                f"record type “{kind.name}”, {place}: {kind.model.__name__} has no field “{name}”",
                hint=_suggestion(name, known),
                id="records.E001",
            )
    for name in _loaded_along(kind):
        yield Error(
            f"record type “{kind.name}”, query: “{name}” is loaded by select_related, also for "
            "those who may not read it",
            hint="leave it out: relations are loaded for all rows at once when they are needed",
            id="records.E007",
        )
    titles = [column.name for column in kind.columns]
    order = kind.order.removeprefix("-")
    if order not in (*titles, *known, "pk"):
        yield Error(
            f"record type “{kind.name}”, order: there is no column “{order}”",
            hint=_suggestion(order, titles),
            id="records.E002",
        )
    for template in [panel.template for panel in registry.panels(kind)]:
        try:
            get_template(template)
        except TemplateDoesNotExist:
            hint = "templates lie in web/<side>/templates/<context>/"
            text = f"record type “{kind.name}”: there is no template “{template}”"
            yield Error(text, hint=hint, id="records.E006")
    for place, function in _functions(kind):
        if not callable(function):
            yield Error(
                f"record type “{kind.name}”, {place}: this is no function",
                hint="give the function itself, not its name",
                id="records.E003",
            )


def _named(kind: RecordType) -> Iterator[tuple[str, str]]:
    """Every place of a declaration that names a field of the model."""
    for column in kind.columns:
        if column.cell is None:
            yield "columns", column.name
        for name in column.sort:
            yield f"sort of column “{column.name}”", name.split("__", maxsplit=1)[0]
    for section in kind.sections:
        for fact in section.facts:
            if isinstance(fact, str) or fact.cell is None:
                yield f"section “{section.title}”", fact if isinstance(fact, str) else fact.name
    for place in ("search", "filters", "form"):
        for name in getattr(kind, place):
            yield place, name.split("__", maxsplit=1)[0]
    for name in kind.exchange.fields:
        yield "exchange", name
    if kind.board:
        yield "board", kind.board.field
        for name in (kind.board.value, *kind.board.asks):
            if name:
                yield "board", name


def _loaded_along(kind: RecordType) -> list[str]:
    """Relations to records with a right of their own that come with the rows of whoever may not
    read those."""
    stranger = Viewer(name="check", grants={kind.right("read"): Level.ALL})
    along: Any = kind.rows(stranger).query.select_related
    return [name for name in guarded(kind.model) if name in (along or {})]


def _functions(kind: RecordType) -> Iterator[tuple[str, object]]:
    for place in ("query", "create", "change", "remove", "subtitle", "figures", "tags"):
        function = getattr(kind, place)
        if function is not None:
            yield place, function
    if kind.board:
        yield from (("board", kind.board.lanes), ("board", kind.board.card))
    for panel in kind.panels:
        yield f"panel “{panel.name}”", panel.data


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean “{close[0]}”?" if close else f"known: {', '.join(sorted(known))}"
