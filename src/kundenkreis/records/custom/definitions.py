"""The fields a company has defined, and its layouts of pages, as every process knows them.

They are read once and kept. A stamp (a row of `Cursor`) changes with every change of a definition;
each request looks at it when it first asks for a field, everything else once a second. So a new
field is there for all processes at once, and a page costs one tiny query more.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.signals import request_started
from django.db.models import Model

from kundenkreis.kernel import clock, custom, store
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.kernel.transactions import touched_here
from kundenkreis.records import registry
from kundenkreis.records.custom import computing
from kundenkreis.records.custom.types import FIELD_TYPES, FORMULA, TEXT_LENGTH
from kundenkreis.records.models import FieldDefinition, PageLayout

STAMP = "records.fields"
PATIENCE = 1.0  # seconds
_SIDES = frozenset(map(str, Side))

Named = Mapping[str, FieldDefinition]


@dataclass(frozen=True, slots=True)
class _Known:
    """All definitions of one side at one stamp; the keys are made when a model is asked for."""

    stamp: int
    by_kind: Mapping[str, dict[str, FieldDefinition]]
    layouts: Mapping[str, dict[str, PageLayout]]
    made_of: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    keys: dict[type[Model], Mapping[str, custom.Key]] = field(default_factory=dict)


_NONE: dict[str, FieldDefinition] = {}
_known: dict[Side, _Known] = {}
_looked = threading.local()


def of(model: type[Model]) -> Named:
    """The definitions for a model's records by field name, in their order; archived ones too."""
    side = side_of_label(model._meta.app_label)
    if side is None:
        return _NONE
    return _of_side(side).by_kind.get(str(model._meta.model_name), _NONE)


def find(model: type[Model], name: str) -> FieldDefinition | None:
    """The definition of a field name such as `custom__color`."""
    return of(model).get(name)


def in_use(model: type[Model]) -> list[FieldDefinition]:
    """Those that are not archived, in their order."""
    return [one for one in of(model).values() if not one.archived]


def layouts(model: type[Model]) -> Mapping[str, PageLayout]:
    """How the pages of a model's records are laid out, by role; "" for everybody."""
    side = side_of_label(model._meta.app_label)
    return {} if side is None else _of_side(side).layouts.get(str(model._meta.model_name), {})


def current(side: Side) -> object:
    """All that is known of a side's fields and layouts; another object after every change."""
    return _of_side(side)


def keys(model: type[Model]) -> Mapping[str, custom.Key]:
    """What the kernel needs to know of a model's own fields."""
    side = side_of_label(model._meta.app_label)
    if side is None:
        return {}
    known = _of_side(side)
    if model not in known.keys:
        mine = known.by_kind.get(str(model._meta.model_name), _NONE)
        known.keys[model] = {one.key: _key(one, model, mine) for one in computing.in_order(mine)}
    return known.keys[model]


def made_of(subject: str) -> Mapping[str, frozenset[str]]:
    """The formulas of a type (`crm.person`), each with all the fields it is made of."""
    side, _dot, name = subject.partition(".")
    return _of_side(Side(side)).made_of.get(name, {}) if side in _SIDES else {}


def changed(side: Side) -> None:
    """Let every process know, as soon as the transaction in progress is committed."""
    store.append(Cursor, [Cursor(name=STAMP)], ignore_conflicts=True)
    stamp = secrets.randbits(62)  # never one that was there before, also when this is taken back
    row = store.stored(side, Cursor).filter(name=STAMP)
    store.replace(row, row=stamp, moved_at=clock.now())
    look_again()


def look_again(**_: Any) -> None:
    """Ask for the stamp at the next use, in this thread."""
    _looked.__dict__.clear()


def know_none() -> None:
    """From now on this process knows no definitions: for what is said of every installation."""
    for side in Side:
        _known[side] = _Known(0, {}, {})
        setattr(_looked, side, math.inf)


def _key(definition: FieldDefinition, model: type[Model], among: Named) -> custom.Key:
    shape = definition.fieldtype.shape
    if definition.type == FORMULA:
        work = computing.work(definition, model, among)
        return custom.Key(definition.key, shape, compute=work)
    start = None
    if definition.default is not None and not definition.archived:
        value = SHAPES[shape].read(definition.default)
        start = lambda: value  # noqa: E731
    related = None
    if target := definition.options.get("target"):
        related = registry.named(target).model
    return custom.Key(definition.key, shape, start, related, fits=_fits(definition))


def _fits(definition: FieldDefinition) -> Callable[[Any], bool] | None:
    """What the shape alone does not say: texts have an end, and choices are those defined."""
    known = {one["value"] for one in definition.choices}
    match definition.type:
        case "choice":
            return known.__contains__
        case "choices":
            return known.issuperset
        case "text" | "url" | "email" | "phone":
            return lambda text: len(text) <= TEXT_LENGTH
    return None


def _of_side(side: Side) -> _Known:
    if touched_here(side, FieldDefinition) or touched_here(side, PageLayout):
        return _own_of_unit(side)
    known, now = _known.get(side), time.monotonic()
    if known is None or now - getattr(_looked, side, -PATIENCE) >= PATIENCE:
        stamp = _stamp(side)
        if known is None or known.stamp != stamp:
            # Without a stamp nobody has ever defined a field.
            known = _known[side] = _read(side, stamp) if stamp else _Known(0, {}, {})
        setattr(_looked, side, now)
    return known


def _own_of_unit(side: Side) -> _Known:
    """What the unit of work in progress has made of them; nobody else may see that yet."""
    mine, stamp = getattr(_looked, "unit", _Known(0, {}, {})), _stamp(side)
    if mine.stamp != stamp:
        mine = _looked.unit = _read(side, stamp)
    return mine


def _stamp(side: Side) -> int:
    found = store.stored(side, Cursor).filter(name=STAMP).values_list("row", flat=True)
    return next(iter(found), 0)


def _read(side: Side, stamp: int) -> _Known:
    found: dict[str, dict[str, FieldDefinition]] = {}
    for one in store.stored(side, FieldDefinition).order_by("position", "id"):
        if one.type in FIELD_TYPES:
            found.setdefault(one.kind, {})[one.name] = one
    layouts: dict[str, dict[str, PageLayout]] = {}
    for layout in store.stored(side, PageLayout).order_by("id"):
        layouts.setdefault(layout.kind, {})[layout.role] = layout
    made = {kind: computing.made_of(fields) for kind, fields in found.items()}
    return _Known(stamp, found, layouts, {kind: some for kind, some in made.items() if some})


custom.use(keys, made_of)
request_started.connect(look_again, dispatch_uid="kundenkreis.records.custom.definitions")
