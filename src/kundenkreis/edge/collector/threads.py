"""The few threads in which endpoints ask the database; never the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.values import too_busy
from kundenkreis.kernel.sides import Side

P = ParamSpec("P")
R = TypeVar("R")

_pool = ThreadPoolExecutor(limits.THREADS, thread_name_prefix="edge")
_WAITING = 256
_waiting = 0


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a function in the pool; its connection is kept for the next one.

    Raises `Refused` (503) when too many wait already.
    """
    global _waiting
    if _waiting >= _WAITING:
        raise too_busy("too many requests at once")
    _waiting += 1
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_pool, lambda: _run(function, *args, **kwargs))
    finally:
        _waiting -= 1


def _run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return function(*args, **kwargs)
    finally:
        tidy()


def tidy() -> None:
    """Close this thread's connection if it broke or is too old; one that works stays open."""
    connection = connections[Side.ENGAGE.alias]
    if connection.connection is None:
        return
    if connection.errors_occurred or connection.vendor == "postgresql":
        connection.close_if_unusable_or_obsolete()
