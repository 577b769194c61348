"""Who acts in work that goes on without a request: their rights as they are at that moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

Load = Callable[[int], "Viewer | None"]

_LOADERS: list[Load] = []


def use(load: Load) -> None:
    """Say how a member of staff is found by id; the context that has them does."""
    _LOADERS[:] = [load]


def viewer(user_id: int) -> Viewer:
    """The member of staff, with today's rights. Raises `DomainError` for one who may not come in."""
    found = _LOADERS[0](user_id) if _LOADERS else None
    if found is None:
        raise DomainError(
            _("Whoever asked for this may not log in any more."),
            _("It is done with their rights, and they have none now."),
            _("Somebody else can begin it anew."),
        )
    return found
