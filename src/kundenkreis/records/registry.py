"""All record types, and what other contexts add to their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel.access import guard

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.conditions import Vocabulary
    from kundenkreis.records.declaration import Button, Column, Figure, Panel, RecordType

Figures = Callable[["Viewer", Any], "Iterable[Figure]"]
Buttons = Callable[["Viewer", Any], "Iterable[Button]"]
View = Callable[..., "HttpResponseBase"]
Words = Callable[["Viewer"], "Vocabulary | None"]
Columns = Callable[["Viewer"], "Iterable[Column]"]
Many = Callable[["Viewer"], "Iterable[Button]"]


@dataclass(frozen=True, slots=True)
class Display:
    """Another way to show a list, over the same filters: `part` is the end of its address."""

    part: str
    label: StrOrPromise
    icon: str
    offered: Callable[[Viewer], bool]


@dataclass(slots=True)
class Additions:
    """What contexts and screens above a type add to its pages, and views they replace."""

    panels: list[Panel] = field(default_factory=list)
    figures: list[Figures] = field(default_factory=list)
    buttons: list[Buttons] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    vocabularies: list[Words] = field(default_factory=list)
    many: list[Many] = field(default_factory=list)
    displays: list[Display] = field(default_factory=list)
    columns: list[Columns] = field(default_factory=list)


TYPES: dict[str, RecordType] = {}
ADDED: dict[str, Additions] = {}


def register(kind: RecordType) -> RecordType:
    """Make a type known; its name must be free."""
    known = TYPES.setdefault(kind.name, kind)
    if known is not kind:
        raise LookupError(f"there are two record types named {kind.name}")
    guard(kind.model, kind.right("read"))
    return kind


def extend(
    name: str,
    *,
    panels: Iterable[Panel] = (),
    figures: Figures | None = None,
    buttons: Buttons | None = None,
    replace: Mapping[str, View] | None = None,
    vocabulary: Words | None = None,
    many: Many | None = None,
    displays: Iterable[Display] = (),
    columns: Columns | None = None,
) -> None:
    """Add to the record page of a type of a context below, e.g. orders to a person's.

    `replace` exchanges views that no declaration can produce, by their name: `{"new": builder}`;
    `vocabulary(viewer)` gives more that its lists may be narrowed by; `many(viewer)` what may be done
    with chosen records of a list: addresses that are asked with the selection.
    `displays` are further ways to show its lists; `columns(viewer)` gives columns that are offered.
    """
    added = ADDED.setdefault(name, Additions())
    added.displays += displays
    added.panels += panels
    added.views |= replace or {}
    added.vocabularies += [vocabulary] if vocabulary else []
    added.many += [many] if many else []
    added.columns += [columns] if columns else []
    if figures is not None:
        added.figures.append(figures)
    if buttons is not None:
        added.buttons.append(buttons)


def named(name: str) -> RecordType:
    """The type of that name, or of that slug. Raises `LookupError` with the known names."""
    found = TYPES.get(name) or next((kind for kind in TYPES.values() if kind.slug == name), None)
    if found is None:
        raise LookupError(f"there is no record type {name}; known: {', '.join(sorted(TYPES))}")
    return found


def of_model(model: type[Model] | None) -> RecordType | None:
    return next((kind for kind in TYPES.values() if kind.model is model), None)


def views(kind: RecordType) -> Mapping[str, View]:
    """The views that screens have put in place of the engine's own."""
    return ADDED[kind.name].views if kind.name in ADDED else {}


def vocabularies(kind: RecordType, viewer: Viewer) -> Iterator[Vocabulary]:
    """What lists of a type may be narrowed by besides its own fields, as far as the viewer may."""
    for make in ADDED[kind.name].vocabularies if kind.name in ADDED else ():
        found = make(viewer)
        if found is not None:
            yield found


def displays(kind: RecordType, viewer: Viewer) -> list[Display]:
    """The further ways to show a type's lists that the viewer may use."""
    found = ADDED[kind.name].displays if kind.name in ADDED else []
    return [one for one in found if one.offered(viewer)]


def columns(kind: RecordType, viewer: Viewer) -> list[Column]:
    """The columns that contexts above a type add to what its lists offer, as far as the viewer may."""
    made = ADDED[kind.name].columns if kind.name in ADDED else []
    return [column for make in made for column in make(viewer)]


def panels(kind: RecordType) -> Iterator[Panel]:
    """The type's own panels and those added to it, by position."""
    added = ADDED.get(kind.name, Additions()).panels
    yield from sorted((*kind.panels, *added), key=lambda panel: panel.position)


def figures(kind: RecordType, viewer: Viewer, record: Any) -> list[Figure]:
    """The key figures of a record, those added first."""
    made = [*ADDED.get(kind.name, Additions()).figures]
    made += [kind.figures] if kind.figures else []
    return [figure for make in made for figure in make(viewer, record)]


def buttons(kind: RecordType, viewer: Viewer, record: Any) -> list[Button]:
    """The buttons of a record's title bar, the type's own first."""
    made = [kind.buttons] if kind.buttons else []
    made += ADDED.get(kind.name, Additions()).buttons
    return [button for make in made for button in make(viewer, record)]


def many(kind: RecordType, viewer: Viewer) -> list[Button]:
    """What contexts above a type offer to do with chosen records."""
    made = ADDED[kind.name].many if kind.name in ADDED else []
    return [button for make in made for button in make(viewer)]
