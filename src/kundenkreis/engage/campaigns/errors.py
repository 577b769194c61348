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


class AlreadyRunning(DomainError):
    """A running campaign keeps its segment, variants and weights."""

    def __init__(self) -> None:
        super().__init__(
            _("This can no longer be changed."),
            _("The campaign has started; changing it now would make its result meaningless."),
            _("End it and start a new one."),
        )
