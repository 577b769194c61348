"""What happens in daily work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActivityAdded:
    """A note was written, a task given, a call or meeting entered; `about` is a reference."""

    activity_id: int
    kind: str
    about: str
    person_id: int | None
    organisation_id: int | None
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class TaskFinished:
    """A task was ticked off."""

    activity_id: int
    about: str
    owner_id: int | None
