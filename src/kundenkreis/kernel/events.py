"""Things that happened. Events are frozen dataclasses; their docstrings document them.

`@on` handlers run in the transaction of the change; their errors abort it. `@after` handlers run
later, at least once, from the outbox. Events that set `CROSSES` are carried to the other side by
the link. An event may name, in `KEY`, the field whose values keep their order.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from kundenkreis.kernel import bulk, clock
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.transactions import current


class Event(Protocol):
    """Any frozen dataclass of ids and facts."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


E = TypeVar("E")
Handler = Callable[[Any], None]

EVENTS: dict[str, type[Any]] = {}
ON: dict[str, list[Handler]] = {}
AFTER: dict[str, list[Handler]] = {}


def name_of(kind: type[Any]) -> str:
    """The name an event has in the outbox: `crm.sales.OrderPlaced`."""
    context = kind.__module__.removeprefix("kundenkreis.").removesuffix(".events")
    name = f"{context}.{kind.__name__}"
    EVENTS.setdefault(name, kind)
    return name


def on(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Handle the event in the same transaction and database; no input or output."""
    return _register(ON, kind)


def after(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Handle the event from the outbox, at least once; must be idempotent."""
    return _register(AFTER, kind)


def _register(
    table: dict[str, list[Handler]], kind: type[E]
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        handlers = table.setdefault(name_of(kind), [])
        if handler not in handlers:
            handlers.append(handler)
        return handler

    return register


def publish(*events: Event) -> None:
    """Announce what happened, within the command that made it happen."""
    publish_all(events)


def publish_all(events: Iterable[Event]) -> None:
    """Announce many events; their outbox rows are written set-based."""
    now = clock.now()
    leaving: list[tuple[Any, ...]] = []
    for event in events:
        kind = type(event)
        name = name_of(kind)
        for handler in ON.get(name, ()):
            handler(event)
        crosses = bool(getattr(kind, "CROSSES", False))
        if crosses or AFTER.get(name):
            key = str(getattr(event, getattr(kind, "KEY", ""), "") or "")
            leaving.append((uuid.uuid4(), now, name, key, crosses, encode(event)))
    if leaving and not current().trial:
        bulk.insert(OutboxMessage, _MESSAGE, leaving)


_MESSAGE = ("uuid", "at", "name", "key", "crosses", "payload")


def encode(event: Any) -> dict[str, Any]:
    """The event's fields as a mapping whose values the JSON encoder knows."""
    return {field.name: _out(getattr(event, field.name)) for field in fields(event)}


def decode(name: str, payload: dict[str, Any]) -> Any:
    """The event again, from its name and its JSON payload. Raises `LookupError` if unknown."""
    kind = EVENTS.get(name)
    if kind is None:
        raise LookupError(f"unknown event {name}")
    return _object(kind, payload)


_HINTS: dict[type[Any], dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind)
    return _HINTS[kind]


def _object(kind: type[Any], payload: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    hints = _hints(kind)
    return kind(**{key: _in(hints[key], value) for key, value in payload.items() if key in known})


def _out(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return encode(value)
    if isinstance(value, list | tuple):
        return [_out(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def _in(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if value is None:
        return None
    if origin in (Union, UnionType):
        return _in(next(arg for arg in get_args(hint) if arg is not type(None)), value)
    if origin in (list, tuple):
        items = [_in(get_args(hint)[0], item) for item in value]
        return tuple(items) if origin is tuple else items
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint, value)
    if hint in (datetime, date) and isinstance(value, str):
        return hint.fromisoformat(value)
    if hint in (Decimal, uuid.UUID):
        return hint(str(value))
    return value
