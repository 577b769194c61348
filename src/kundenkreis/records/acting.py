"""Who acts in work that goes on without a request: their rights as they are at that moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kundenkreis.kernel.errors import NotFound

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

Load = Callable[[int], "Viewer | None"]

_LOADERS: list[Load] = []


def use(load: Load) -> None:
    """Say how a member of staff is found by id; the context that has them does."""
    _LOADERS[:] = [load]


def viewer(user_id: int) -> Viewer:
    """The member of staff, with today's rights. Raises `NotFound` for one who may not come in."""
    found = _LOADERS[0](user_id) if _LOADERS else None
    if found is None:
        raise NotFound
    return found
