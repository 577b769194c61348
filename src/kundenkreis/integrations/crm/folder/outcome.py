"""What became of one record when it was written."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """`became`: created, changed, unchanged or failed; `left` are values that could not be kept, as
    `(part, line, what, value, why)`."""

    became: str = "unchanged"
    pk: int | None = None
    left: list[tuple[int, int, str, str, str]] = field(default_factory=list)
