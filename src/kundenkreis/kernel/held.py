"""After a restore nothing leaves until somebody says so: the world may have gone on since the backup.

Held are what crosses between the sides, what reacts to events, and questions to services outside.
Staff can look at everything and work; what follows from it waits with the rest.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, clock
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import Hold
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

RIGHT = "crm.operation.change"
TARGET = "installation"


def hold(side: Side, *, actor: Actor, backup_at: datetime) -> None:
    """Hold what leaves a side, which was restored as of that instant."""
    with unit_of_work(side, "kernel.restore"):
        rows = Hold.objects.using(side.alias)
        rows.filter(released_at=None).delete()
        rows.create(at=clock.now(), backup_at=backup_at)
        audit.note(actor, "restore", TARGET, {"backup_at": [None, backup_at.isoformat()]})


def is_held(side: Side) -> bool:
    """Whether nothing may leave a side."""
    return Hold.objects.using(side.alias).filter(released_at=None).exists()


def anywhere() -> bool:
    """Whether nothing may cross, because one of the sides was restored."""
    return any(is_held(side) for side in Side)


def held(viewer: Viewer) -> Hold | None:
    """The restore that holds things back, for whoever may release them."""
    if not viewer.may(RIGHT):
        return None
    return Hold.objects.using(Side.CRM.alias).filter(released_at=None).order_by("-id").first()


def release(*, actor: Actor) -> None:
    """Let go on both sides what was held. Raises `NotAllowed`; `DomainError` when nothing is."""
    actor.require(RIGHT)
    if not anywhere():
        raise DomainError(_("Nothing is held back."))
    # Marketing first: what the crm wants it to know is under way as soon as it may send anything.
    for side in (Side.ENGAGE, Side.CRM):
        with unit_of_work(side, "kernel.release"):
            rows = Hold.objects.using(side.alias).filter(released_at=None)
            if rows.update(released_at=clock.now()):
                audit.note(actor, "release", TARGET, {})
