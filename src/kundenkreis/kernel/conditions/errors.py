"""What can be wrong with a condition, and where in the tree it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenkreis.kernel.errors import DomainError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ConditionError(DomainError):
    """A condition cannot be used.

    `path` names the place, e.g. `where.children.2.value`, for editors and forms; people read only
    what is wrong.
    """

    def __init__(
        self, path: str, what: StrOrPromise, why: StrOrPromise = "", hint: StrOrPromise = ""
    ) -> None:
        super().__init__(what, why, hint, field=path)
        self.path = path
