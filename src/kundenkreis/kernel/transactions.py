"""The only place that opens transactions. One command touches one database."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connections, transaction

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.turns import turn

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of work in progress: its side, the command's name, the batch of its audit rows."""

    side: Side
    command: str
    batch: str


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


@contextmanager
def unit_of_work(side: Side, command: str = "", batch: str = "") -> Iterator[Unit]:
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
    )
    token = _unit.set(unit)
    try:
        with turn(connections[side.alias]), transaction.atomic(using=side.alias):
            yield unit
    finally:
        _unit.reset(token)
