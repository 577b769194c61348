"""The link's recurring work; both directions run in the role `worker`, which opens both sides."""

from __future__ import annotations

from datetime import timedelta

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side
from kundenkreis.link.applying import apply_due
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.receiving import receive

KEPT = timedelta(days=30)


@step(Side.CRM, every=0.1)
def carry_to_crm() -> int:
    return receive(Side.CRM) + apply_due(Side.CRM)


@step(Side.CRM, every=0.1)
def carry_to_engage() -> int:
    return receive(Side.ENGAGE) + apply_due(Side.ENGAGE)


@step(Side.CRM, every=600)
def forget_applied() -> int:
    """Delete messages that were applied 30 days ago; the cursor is far beyond them."""
    return sum(_forget(side) for side in Side)


def _forget(side: Side, limit: int = 500) -> int:
    old = store.stored(side, InboxMessage).filter(applied_at__lt=clock.now() - KEPT)
    ids = list(old.values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    with store.group(side, "link.forget"):
        return store.discard(store.rows(InboxMessage).filter(pk__in=ids))
