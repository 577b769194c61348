"""The one way out: whoever asks a service outside does so through `Egress`.

An address that somebody typed may lead anywhere, also back into the house. So a name is resolved
once, every address it has must be one of the open internet (`addresses`) or one that the operator
allows (`KUNDENKREIS_EGRESS_ALLOWED`), and exactly that address is dialled (`dialling`). `make check`
lets nothing else open connections.
"""

from __future__ import annotations

from django.conf import settings

from kundenkreis.kernel.egress.addresses import Allowed
from kundenkreis.kernel.egress.dialling import Answer, Egress
from kundenkreis.kernel.egress.errors import NotReachable, NotReached, Unanswered

__all__ = ["Allowed", "Answer", "Egress", "NotReachable", "NotReached", "Unanswered", "egress"]


def egress(also: Allowed = Allowed()) -> Egress:  # noqa: B008 - a frozen value
    """The way out of this installation; `also` is what a setting of its own names as receiver."""
    return Egress(Allowed.of(settings.EGRESS_ALLOWED) | also)
