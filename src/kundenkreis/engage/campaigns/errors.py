"""What campaigns refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.errors import DomainError


class NotStartable(DomainError):
    """The campaign lacks something without which its effect could not be measured."""

    def __init__(self, why: object) -> None:
        super().__init__(
            _("The campaign cannot start yet."),
            str(why),
            _("Complete it and start it again."),
        )


class UnfitVariants(DomainError):
    """A draft cannot have such offers beside its control group."""

    def __init__(self, why: object) -> None:
        super().__init__(
            _("The campaign cannot have these offers."), str(why), _("Change its offers.")
        )


class SegmentRuns(DomainError):
    """A running campaign reaches the people of this segment."""

    def __init__(self, campaign: str) -> None:
        super().__init__(
            _("This segment cannot be archived."),
            _("The running campaign “%(name)s” is for it; nobody would be reached any more.")
            % {"name": campaign},
            _("End the campaign first."),
        )


class AlreadyRunning(DomainError):
    """A running campaign keeps its segment, variants and weights."""

    def __init__(self) -> None:
        super().__init__(
            _("This can no longer be changed."),
            _("The campaign has started; changing it now would make its result meaningless."),
            _("End it and start a new one."),
        )
