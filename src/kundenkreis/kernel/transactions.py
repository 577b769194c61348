"""The only place that opens transactions. One command touches one database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.turns import turn

if TYPE_CHECKING:
    from collections.abc import Iterator


EVERYTHING = ("*",)
Touched = dict[type[Any], dict[int, set[str]]]


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of work in progress: its side, the command's name, the batch of its audit rows.

    `touched` holds, for the whole transaction, the rows that were written through the door: by
    model and number the names of the changed fields, `EVERYTHING` for a row that came or went.
    What follows from them (`AT_THE_END`) is done once, before the commit. Of a `trial` nothing
    stays, so nobody writes down what it changed.
    """

    side: Side
    command: str
    batch: str
    touched: Touched = field(default_factory=dict)
    trial: bool = False

    def touch(self, model: type[Any], pk: int, names: Iterable[str] = EVERYTHING) -> None:
        rows = self.touched.setdefault(model, {})
        if pk in rows:
            rows[pk].update(names)
        else:
            rows[pk] = set(names)


AT_THE_END: list[Callable[[Unit], None]] = []


_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)


def new_batch() -> str:
    """A name for work that is done, and can be taken back, as one."""
    return uuid.uuid4().hex


def current() -> Unit:
    """The unit of work in progress. Raises `RuntimeError` outside a command."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("writes happen inside a command or a store.group")
    return unit


def touched_here(side: Side, model: type[Any]) -> bool:
    """Whether the unit of work in progress, if any, has written rows of a model on that side."""
    unit = _unit.get()
    return unit is not None and unit.side is side and model in unit.touched


class _TakenBack(Exception):
    """Ends a transaction whose writes were only tried."""


@contextmanager
def trial(side: Side, command: str = "") -> Iterator[Unit]:
    """Run everything inside, and take it back: what is refused is refused, nothing else stays.

    Audit and outbox are not written, and nothing follows. Needs to be the outermost unit.
    """
    if _unit.get() is not None:
        raise RuntimeError(f"{command} is tried inside of what is meant")
    try:
        with unit_of_work(side, command, trial=True) as unit:
            yield unit
            raise _TakenBack
    except _TakenBack:
        pass


@contextmanager
def unit_of_work(
    side: Side, command: str = "", batch: str = "", *, trial: bool = False
) -> Iterator[Unit]:
    """Run everything inside in one transaction of one side, a savepoint when nested.

    `batch` is what the audit knows it by; long work in many transactions gives all of them one.
    Raises `RuntimeError` when a unit of the other side is already open: what crosses sides goes
    by outbox and link.
    """
    outer = _unit.get()
    if outer is not None and outer.side is not side:
        raise RuntimeError(f"{command} would write to {side} inside a unit of {outer.side}")
    unit = Unit(
        side,
        command or (outer.command if outer else ""),
        batch or (outer.batch if outer else new_batch()),
        outer.touched if outer else {},
        outer.trial if outer else trial,
    )
    token = _unit.set(unit)
    try:
        with turn(connections[side.alias]), transaction.atomic(using=side.alias):
            yield unit
            if outer is None and unit.touched:
                for follow in AT_THE_END:
                    follow(unit)
    finally:
        _unit.reset(token)
