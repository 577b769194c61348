"""What is said about a person: per trait the newest statement wins, in whatever order they come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MOST = 200  # traits per profile: nobody fills a row without end


@dataclass(slots=True)
class Traits:
    """Values, and when each was said (ISO 8601, UTC). A trait set to null leaves only its time."""

    values: dict[str, Any] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)

    def say(self, values: Mapping[str, Any], at: datetime) -> None:
        """Take over what is newer than what is known."""
        instant = at.astimezone(UTC).isoformat(timespec="microseconds")
        for name, value in values.items():
            self._one(name, value, instant)

    def join(self, other: Traits) -> bool:
        """Take over what is newer elsewhere about the same person; whether there was anything."""
        newer = [
            self._one(name, other.values.get(name), instant)
            for name, instant in other.times.items()
        ]
        return any(newer)

    def _one(self, name: str, value: Any, instant: str) -> bool:
        known = self.times.get(name)
        if known is None and len(self.times) >= MOST:
            return False
        # Of two statements of one instant the greater text wins: any rule, but always the same.
        if known and (instant, _text(value)) <= (known, _text(self.values.get(name))):
            return False
        self.times[name] = instant
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value
        return True


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
