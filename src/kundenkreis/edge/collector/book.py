"""Who may report: all active sources in memory, read again after a second."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from django.db import DatabaseError

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.threads import in_thread
from kundenkreis.edge.collector.values import Refused, too_busy
from kundenkreis.engage.tracking.queries import reporting_sources
from kundenkreis.engage.tracking.sources import SourceView, stored_key

log = logging.getLogger(__name__)


async def _from_database() -> Mapping[str, SourceView]:
    return await in_thread(reporting_sources)


class SourceBook:
    """Looks sources up by write key; a key that was changed or ended is noticed in a second."""

    def __init__(
        self, load: Callable[[], Awaitable[Mapping[str, SourceView]]] = _from_database
    ) -> None:
        self._load = load
        self._sources: Mapping[str, SourceView] = {}
        self._origins: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def source(self, key: str) -> SourceView:
        """The source of a write key. Raises `Refused` (401)."""
        await self.refresh()
        found = self._sources.get(stored_key(key)) if key else None
        if found is None:
            raise Refused(401, "the write key is missing, unknown or no longer valid")
        return found

    async def refresh(self) -> None:
        """Read the sources again if that is due; everybody waits for the same reading."""
        if time.monotonic() - self._read_at < limits.SOURCES_SECONDS:
            return
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read())
        # Shielded: the reading goes on for the others when one of them goes away.
        await asyncio.shield(self._reading)

    def knows_origin(self, origin: str) -> bool:
        """Whether any source belongs to this site; enough to let a browser read our refusal."""
        return origin in self._origins

    async def _read(self) -> None:
        try:
            began = time.monotonic()
            self._sources = await self._load()
            self._origins = frozenset().union(*(one.origins for one in self._sources.values()))
            self._read_at = began
        except DatabaseError as error:
            log.error("the sources cannot be read: %r", error)
            raise too_busy("the database does not answer at the moment", seconds=2) from None
        finally:
            self._reading = None
