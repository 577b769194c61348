"""Start-up checks of every declaration: a mistake is found before the first request.

Each says the type, the place in its declaration, the name, and what may have been meant.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import JSONField, Model
from django.db.models.constants import LOOKUP_SEP
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from kundenkreis.kernel.access import Level, Viewer, guarded
from kundenkreis.kernel.models import document_number
from kundenkreis.records import registry
from kundenkreis.records.declaration import ACTIONS, RecordType
from kundenkreis.records.fields import column_names, info
from kundenkreis.records.registry import ADDED, TYPES

if TYPE_CHECKING:
    pass

MOST_REPLACED = 3
PLACES = ("left", "centre", "right")
_SLUG = re.compile(r"[a-z][a-z0-9-]*")


@register("records")
def check_declarations(**_: Any) -> list[CheckMessage]:
    """Every type's declaration, and every addition to one."""
    found = [problem for kind in TYPES.values() for problem in problems(kind)]
    found += [
        Error(f"two record types have the slug “{slug}”", id="records.E004")
        for slug in _twice(kind.slug for kind in TYPES.values())
    ]
    found += [
        Error(
            f"documents of “{name}” would have the numbers of another type's",
            hint="give the type another name",
            id="records.E006",
        )
        for name in mixed_up(kind.name for kind in TYPES.values() if kind.search)
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
    """What is wrong with one declaration."""
    for check in _CHECKS:
        yield from check(kind)


def _wrong(kind: RecordType, place: str, what: str, hint: str, number: int) -> CheckMessage:
    text = f"record type “{kind.name}”, {place}: {what}"
    return Error(text, hint=hint, id=f"records.E{number:03}")


def _fields(kind: RecordType) -> Iterator[CheckMessage]:
    """Names that the model does not have, also at the end of a path."""
    inputs = {one.name for one in kind.inputs}
    for place, name in _named(kind):
        missing = _missing(kind.model, name)
        if missing is not None and not (place == "form" and name in inputs):
            model, part = missing
            what = f"{model.__name__} has no field “{part}”"
            yield _wrong(kind, place, what, _suggestion(part, _attributes(model)), 1)


def _order(kind: RecordType) -> Iterator[CheckMessage]:
    name = kind.order.removeprefix("-")
    column = kind.column(name)
    titles = [one.name for one in kind.columns]
    if column is None and name not in (*column_names(kind.model), "pk"):
        what = f"there is no column “{name}”"
        yield _wrong(kind, "order", what, _suggestion(name, titles), 2)
    elif column is not None and not column.sort and name not in column_names(kind.model):
        what = f"the column “{name}” says no field to sort by"
        yield _wrong(kind, "order", what, "give the column `sort=(…)`", 2)


def _functions(kind: RecordType) -> Iterator[CheckMessage]:
    for place, function in _called(kind):
        if not callable(function):
            hint = "give the function itself, not its name"
            yield _wrong(kind, place, "this is no function", hint, 3)


def _templates(kind: RecordType) -> Iterator[CheckMessage]:
    for panel in registry.panels(kind):
        try:
            get_template(panel.template)
        except TemplateDoesNotExist:
            what = f"there is no template “{panel.template}”"
            hint = "templates lie in web/<side>/templates/<context>/"
            yield _wrong(kind, f"panel “{panel.name}”", what, hint, 6)


def _query(kind: RecordType) -> Iterator[CheckMessage]:
    """Relations to records with a right of their own that come with the rows of whoever may not
    read those."""
    stranger = Viewer(name="check", grants={kind.right("read"): Level.ALL})
    along: Any = kind.rows(stranger).query.select_related if callable(kind.query) else None
    for name in guarded(kind.model):
        if name in (along or {}):
            what = f"“{name}” is loaded by select_related, also for those who may not read it"
            hint = "leave it out: relations are loaded for all rows at once when they are needed"
            yield _wrong(kind, "query", what, hint, 7)


def _names(kind: RecordType) -> Iterator[CheckMessage]:
    if not _SLUG.fullmatch(kind.slug):
        hint = "small letters, digits and hyphens: it is a part of addresses"
        yield _wrong(kind, "slug", f"“{kind.slug}” is no slug", hint, 8)
    for action in sorted(kind.actions - ACTIONS):
        what = f"there is no action “{action}”"
        yield _wrong(kind, "actions", what, _suggestion(action, ACTIONS), 9)
    for panel in registry.panels(kind):
        if panel.place not in PLACES:
            what = f"there is no place “{panel.place}”"
            yield _wrong(kind, f"panel “{panel.name}”", what, _suggestion(panel.place, PLACES), 10)
    for place, names in (
        ("columns", [column.name for column in kind.columns]),
        ("panels", [panel.name for panel in registry.panels(kind)]),
    ):
        for name in _twice(names):
            hint = "give one of them another name, or leave it out"
            yield _wrong(kind, place, f"there are two called “{name}”", hint, 11)


def _replaced(kind: RecordType) -> Iterator[CheckMessage]:
    from kundenkreis.records.urls import patterns_of  # imports the views, which import this package

    known = [str(pattern.name).removeprefix(f"{kind.name}-") for pattern in patterns_of(kind)]
    replaced = registry.views(kind)
    for name in sorted(set(replaced) - set(known)):
        what = f"there is no view “{name}”"
        yield _wrong(kind, "replace", what, _suggestion(name, known), 12)
    if len(replaced) > MOST_REPLACED:
        what = f"it replaces {len(replaced)} views: {', '.join(sorted(replaced))}"
        hint = f"a type that replaces more than {MOST_REPLACED} is written by hand"
        yield _wrong(kind, "replace", what, hint, 13)


def _values(kind: RecordType) -> Iterator[CheckMessage]:
    """Fields that are there, but of a kind that cannot do what is asked of them."""
    columns = set(column_names(kind.model))
    for name in kind.filters:
        if name in columns and not info(kind.model, name).comparable:
            hint = "a list is not narrowed by JSON; leave it out"
            yield _wrong(kind, "filters", f"“{name}” cannot be compared", hint, 15)


def _commands(kind: RecordType) -> Iterator[CheckMessage]:
    """Commands are called with the names that the engine knows."""
    own = f"{kind.name}_id"
    for place, command, names in (
        ("create", kind.create, ("actor",)),
        ("change", kind.change, ("actor", own, "version")),
        ("remove", kind.remove, ("actor", own)),
        ("board", kind.board and kind.board.move, ("actor", own, *_lane(kind))),
    ):
        for name in names if callable(command) else ():
            if not _takes(command, name):
                what = f"{getattr(command, '__name__', 'it')} does not take “{name}”"
                hint = f"the engine calls it with {', '.join(f'{one}=…' for one in names)}"
                yield _wrong(kind, place, what, hint, 16)


_CHECKS: tuple[Callable[[RecordType], Iterator[CheckMessage]], ...] = (
    _fields, _order, _functions, _templates, _query, _names, _replaced, _values, _commands,
)  # fmt: skip


def _named(kind: RecordType) -> Iterator[tuple[str, str]]:
    """Every place of a declaration that names a field of the model."""
    for column in kind.columns:
        if column.cell is None:
            yield "columns", column.name
        for name in column.sort:
            yield f"sort of column “{column.name}”", name
    for section in kind.sections:
        for fact in section.facts:
            if isinstance(fact, str) or fact.cell is None:
                yield f"section “{section.title}”", fact if isinstance(fact, str) else fact.name
    for place in ("search", "filters", "form", "always"):
        for name in getattr(kind, place):
            yield place, name
    for name in kind.exchange.fields:
        yield "exchange", name
    if kind.board:
        yield "board", kind.board.field
        for name in (kind.board.value, *kind.board.asks):
            if name:
                yield "board", name


def _missing(model: type[Model], path: str) -> tuple[type[Model], str] | None:
    """The model and the part of a path that it does not have; None when all is there."""
    for part in path.split(LOOKUP_SEP):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None if part in ("id", "pk") else (model, part)
        if isinstance(found, JSONField):
            return None  # behind it come keys
        related = found.related_model
        model = related if isinstance(related, type) else model
    return None


def _attributes(model: type[Model]) -> list[str]:
    return [found.name for found in model._meta.get_fields()]


def _called(kind: RecordType) -> Iterator[tuple[str, object]]:
    for place in (
        "query", "create", "change", "remove", "subtitle", "figures", "tags", "buttons", "preset",
        "look_up",
    ):  # fmt: skip
        function = getattr(kind, place)
        if function is not None:
            yield place, function
    for column in kind.columns:
        for part in ("cell", "text"):
            if getattr(column, part) is not None:
                yield f"{part} of column “{column.name}”", getattr(column, part)
    if kind.board:
        yield from (("board", kind.board.lanes), ("board", kind.board.card))
    for panel in registry.panels(kind):
        yield f"panel “{panel.name}”", panel.data


def _lane(kind: RecordType) -> tuple[str, ...]:
    return (f"{kind.board.field}_id",) if kind.board else ()


def _takes(command: Any, name: str) -> bool:
    parameters = inspect.signature(command).parameters
    catches_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    return name in parameters or catches_all


def mixed_up(names: Iterable[str]) -> list[str]:
    """The types of which documents have numbers that another one's have, too."""
    known = list(names)
    numbers = Counter(map(document_number, known))
    return [name for name in known if numbers[document_number(name)] > 1]


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean “{close[0]}”?" if close else f"known: {', '.join(sorted(known))}"
