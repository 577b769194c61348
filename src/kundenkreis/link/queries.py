"""How the link is doing, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from kundenkreis.kernel import clock, log, store
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.receiving import reader

State = InboxMessage.State
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of the link: from the other side to `target`.

    `sent` messages are still in the other side's outbox (counted up to 1,000 log rows), `waiting`
    ones have arrived, those `aside` wait for what they speak of, `dead` ones failed for good and
    wait for a decision.
    """

    target: Side
    sent: int
    waiting: int
    aside: int
    dead: int
    oldest_waiting: timedelta | None
    last_applied_at: datetime | None

    @property
    def is_well(self) -> bool:
        """Nothing is dead and nothing has waited for more than a minute."""
        late = self.oldest_waiting is not None and self.oldest_waiting > timedelta(minutes=1)
        return not self.dead and not late


def health(viewer: Viewer) -> list[Direction]:
    """Both directions, towards the crm first."""
    viewer.require("link.message.read")
    return [_direction(side) for side in (Side.CRM, Side.ENGAGE)]


def dead_letters(viewer: Viewer, limit: int = 50) -> list[tuple[Side, InboxMessage]]:
    """Messages that failed for good, newest first, with the side they failed on."""
    viewer.require("link.message.read")
    found = [
        (side, message)
        for side in Side
        for message in store.stored(side, InboxMessage)
        .filter(state=State.DEAD)
        .order_by("-id")[:limit]
    ]
    return sorted(found, key=lambda pair: pair[1].received_at, reverse=True)[:limit]


def _direction(target: Side) -> Direction:
    inbox = store.stored(target, InboxMessage)
    start = log.position(reader(target), target)
    sent = [m for m in log.read_after(OutboxMessage, start, MOST, target.other) if m.crosses]
    queue = inbox.filter(state=State.WAITING, aside=False)
    waiting = queue.aggregate(n=Count("id"), since=Min("received_at"))
    since = min(filter(None, [waiting["since"], *(m.at for m in sent)]), default=None)
    last = inbox.filter(applied_at__isnull=False).aggregate(at=Max("applied_at"))
    return Direction(
        target=target,
        sent=len(sent),
        waiting=waiting["n"],
        aside=inbox.filter(state=State.WAITING, aside=True).count(),
        dead=inbox.filter(state=State.DEAD).count(),
        oldest_waiting=clock.now() - since if since else None,
        last_applied_at=last["at"],
    )
