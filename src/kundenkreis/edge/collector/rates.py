"""How often an address may do something: counted per minute, in memory, and then forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

_SECONDS = 60


class PerMinute:
    """At most `most` times a minute per address; beyond `addresses` new ones have to wait too."""

    def __init__(
        self, most: int, addresses: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._addresses, self._now = most, addresses, now
        self._minute = 0
        self._counts: dict[str, int] = {}

    def wait(self, address: str) -> int:
        """Count once more, or say how many seconds this address has to wait."""
        minute, passed = divmod(int(self._now()), _SECONDS)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        place = _place(address)
        count = self._counts.get(place, 0)
        full = not count and len(self._counts) >= self._addresses
        if full or count >= self._most:
            return _SECONDS - passed
        self._counts[place] = count + 1
        return 0


def _place(address: str) -> str:
    """The address, or the network that one customer gets of IPv6; all that is neither is one."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(int(found) >> 64) if isinstance(found, IPv6Address) else address
