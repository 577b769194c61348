"""Everything that belongs to one record type, in plain text: `kundenkreis explain opportunity`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template, select_template
from django.urls import URLPattern, URLResolver, get_resolver

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
            for pattern in [*patterns_of(kind), *_beside(kind)]
        ],
    )
    yield "Templates", sorted(set(_templates(kind)))
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
    found_by = [*kind.search, *([f"exactly: {place(kind.look_up)}"] if kind.look_up else [])]
    yield "Found by", found_by
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
    return f"{_short(path)}:{line} {getattr(thing, '__name__', '')}".strip()


def _beside(kind: RecordType) -> Iterator[URLPattern]:
    """Addresses below the type's own that screens have added."""
    engine = {str(pattern.pattern) for pattern in patterns_of(kind)}
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == f"{kind.side}/":
            for pattern in resolver.url_patterns:
                text = str(pattern.pattern)
                if isinstance(pattern, URLPattern) and text.startswith(f"{kind.slug}/"):
                    yield from () if text in engine else (pattern,)


def _templates(kind: RecordType) -> Iterator[str]:
    """The templates of its views, and of the panels that are shown on its page."""
    views = [str(pattern.name).removeprefix(f"{kind.name}-") for pattern in patterns_of(kind)]
    for view in (*views, "form"):
        with suppress(TemplateDoesNotExist):
            yield f"{view}: {_file(select_template(template_names(kind, view)))}"
    for panel in registry.panels(kind):
        yield f"panel {panel.name}: {_file(get_template(panel.template))}"


def _file(template: Any) -> str:
    return _short(Path(template.origin.name))


def _short(path: Path) -> str:
    return str(path.relative_to(_SOURCE) if path.is_relative_to(_SOURCE) else path)


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
