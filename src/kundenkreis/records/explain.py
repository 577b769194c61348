"""Everything that belongs to one record type, in plain text: `kundenkreis explain opportunity`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template import TemplateDoesNotExist
from django.template.loader import select_template

from kundenkreis.kernel.commands import COMMANDS
from kundenkreis.kernel.events import AFTER, ON, name_of
from kundenkreis.records import registry, write
from kundenkreis.records.urls import patterns_of
from kundenkreis.records.views import template_names

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType

_SOURCE = Path(__file__).resolve().parents[2]


def explain(slug: str) -> str:
    """Addresses, views, templates, rights, commands and events of a type, with file and line.

    Raises `LookupError`, naming the known types, for one that does not exist.
    """
    kind = registry.named(slug)
    lines = [f"{kind.label} ({kind.name}), {kind.model.__name__} in {place(kind.model)}"]
    for title, part in _parts(kind):
        lines += ["", title, *(f"  {line}" for line in part)]
    return "\n".join(lines)


def _parts(kind: RecordType) -> Iterator[tuple[str, list[str]]]:
    yield (
        "Addresses",
        [
            f"/{kind.side}/{pattern.pattern}  → {place(pattern.callback)}"
            for pattern in patterns_of(kind)
        ],
    )
    yield "Templates", [_template(kind, view) for view in ("list", "record", "form", "board")]
    actions = ["read", *sorted(kind.actions)]
    yield "Rights", [kind.right(action) for action in actions]
    yield (
        "Reads and writes",
        [
            f"query: {place(kind.query) if kind.query else 'all rows the right to read reaches'}",
            *(
                f"{verb}: {place(getattr(kind, verb) or getattr(write, verb))}"
                for verb in ("create", "change", "remove")
                if verb in kind.actions
            ),
        ],
    )
    yield "Panels", [f"{panel.name}: {place(panel.data)}" for panel in registry.panels(kind)]
    context = kind.model.__module__.removeprefix("kundenkreis.").removesuffix(".models")
    yield (
        f"Commands of {context}",
        [f"{name}: {place(made)}" for name, made in sorted(COMMANDS.items()) if context in name],
    )
    yield f"Events of {context}", [_event(event) for event in _events(context)]


def place(thing: Any) -> str:
    """File and line of a function or class, e.g. `crm/sales/commands.py:41`."""
    thing = inspect.unwrap(getattr(thing, "func", thing))
    try:
        path = Path(inspect.getsourcefile(thing) or "")
        line = inspect.getsourcelines(thing)[1]
    except (TypeError, OSError):
        return repr(thing)
    shown = path.relative_to(_SOURCE) if path.is_relative_to(_SOURCE) else path
    return f"{shown}:{line} {getattr(thing, '__name__', '')}".strip()


def _template(kind: RecordType, view: str) -> str:
    try:
        return f"{view}: {select_template(template_names(kind, view)).template.name}"
    except TemplateDoesNotExist:
        return f"{view}: none"


def _events(context: str) -> list[type[Any]]:
    """The event classes a context declares, whether anybody has published one yet or not."""
    try:
        module = import_module(f"kundenkreis.{context}.events")
    except ModuleNotFoundError:
        return []
    found = (thing for thing in vars(module).values() if is_dataclass(thing))
    return [kind for kind in found if isinstance(kind, type) and kind.__module__ == module.__name__]


def _event(kind: type[Any]) -> str:
    name = name_of(kind)
    handlers: list[Callable[..., Any]] = [*ON.get(name, ()), *AFTER.get(name, ())]
    return f"{name} → {', '.join(place(handler) for handler in handlers) or 'nobody listens'}"
