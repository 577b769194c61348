"""What several parts of a record page ask, asked once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer


def once[R](ask: Callable[[Viewer, Any], R]) -> Callable[[Viewer, Any], R]:
    """The same query, whose answer stays with the record: each request reads its own record."""

    @wraps(ask)
    def asked(viewer: Viewer, record: Any) -> R:
        answers = record.__dict__.setdefault("_answers", {})
        if (ask, viewer) not in answers:
            answers[ask, viewer] = ask(viewer, record)
        found: R = answers[ask, viewer]
        return found

    return asked
