"""Who is logged in, from where."""

from __future__ import annotations

from kundenkreis.crm.accounts.models import Session
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer

OF_OTHERS = "crm.user.change"
MOST = 100


def sessions(viewer: Viewer, user_id: int) -> list[Session]:
    """Somebody's sessions that are still good, the last used first, at most 100.

    Everybody sees their own ones. Raises `NotAllowed`.
    """
    if viewer.user_id != user_id and viewer.level(OF_OTHERS) is not Level.ALL:
        raise viewer.refusal(OF_OTHERS)
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=clock.now())
    return list(rows.order_by("-seen_at")[:MOST])
