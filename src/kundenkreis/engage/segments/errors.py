"""What segments refuse."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.kernel.errors import DomainError


class UnknownSegment(DomainError):
    """A definition names a segment that does not exist or is not kept."""

    def __init__(self, segment_id: int) -> None:
        super().__init__(
            _("The segment number %(id)s cannot be used here.") % {"id": segment_id},
            _("It does not exist, or it is not active."),
            _("Choose another segment, or activate it first."),
            field="definition",
        )


class CircularSegments(DomainError):
    """Segments would depend on each other in a circle."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            _("These segments would depend on each other in a circle."),
            " → ".join(names),
            _("Take one of them out of the definition."),
            field="definition",
        )


class SegmentInUse(DomainError):
    """Other active segments need the segment."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            _("This segment cannot be archived."),
            _("Other segments use it: %(names)s.") % {"names": ", ".join(names)},
            _("Archive or change them first."),
        )


class StillKept(DomainError):
    """An active segment cannot be deleted."""

    def __init__(self) -> None:
        super().__init__(
            _("An active segment cannot be deleted."),
            _("People enter and leave it at this moment."),
            _("Archive it first."),
        )


class WrongState(DomainError):
    """The segment's state does not allow it. Parameters: the state, and its name for people."""

    def __init__(self, state: str, name: str) -> None:
        why, hint = _ABOUT_STATES[state]
        what = _("This is not possible in the state “%(state)s”.") % {"state": name}
        super().__init__(what, why, hint)


_ABOUT_STATES = {
    "draft": (gettext_lazy("Nobody is in a draft yet."), gettext_lazy("Activate it first.")),
    "active": (
        gettext_lazy("The segment is active already."),
        gettext_lazy("You need not do anything: its people are kept up to date."),
    ),
    "archived": (
        gettext_lazy("An archived segment is no longer kept, and cannot be taken back."),
        gettext_lazy("Make a new segment with the same definition instead."),
    ),
}
