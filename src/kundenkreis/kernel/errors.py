"""Errors people read: what happened, why, and what to do next.

DomainError            a rule of the product refused (422)
├── NotAllowed         the viewer may not do this (403)
├── NotFound           there is no such record, or the viewer may not know of it (404)
├── Conflict           somebody else changed it meanwhile (409)
├── TooMany            somebody has asked too often (429)
└── Overloaded         try again later (503)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.refusal import of_field, of_right

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class DomainError(Exception):
    """A rule of the product refused.

    Parameters: `what` happened, `why`, and a `hint` what to do next, each in the user's language;
    `field` names the input the error belongs to.
    """

    status: ClassVar[int] = 422

    def __init__(
        self,
        what: StrOrPromise,
        why: StrOrPromise = "",
        hint: StrOrPromise = "",
        *,
        field: str = "",
    ) -> None:
        super().__init__(what)
        self.what, self.why, self.hint, self.field = what, why, hint, field

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.what, self.why, self.hint) if part)


class NotAllowed(DomainError):
    """The viewer may not do this."""

    status = 403

    def __init__(self, right: str, *, reach: str = "", field: str = "") -> None:
        """Parameters: the `right` (`crm.person.read`), how far that `reach`es for them if anywhere,
        and the one `field` of the record that is not theirs to see or change."""
        super().__init__(*(of_field(right, field) if field else of_right(right, reach)))
        self.right = right


class NotFound(DomainError):
    """There is no such record, or the viewer may not know of it: one answer for both."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            _("This record does not exist."),
            _("It was deleted, never existed, or is not visible to you."),
            _("Go back to the list and choose another one."),
        )


class Conflict(DomainError):
    """Somebody else changed the record meanwhile."""

    status = 409


class TooMany(DomainError):
    """Somebody has asked too often; `retry_after` is in seconds."""

    status = 429
    retry_after = 60


class Overloaded(DomainError):
    """There is too much to do at the moment; `retry_after` is in seconds."""

    status = 503
    retry_after = 5
