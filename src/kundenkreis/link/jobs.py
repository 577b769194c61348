"""The link's recurring work; both directions run in the role `worker`, which opens both sides."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Q, QuerySet

from kundenkreis.kernel import log, store
from kundenkreis.kernel.forgetting import CHUNK, CROSSED, forget_rows, looks_at_all, rule
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side
from kundenkreis.link.applying import apply_due
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.receiving import reader, receive

State = InboxMessage.State
logger = logging.getLogger(__name__)


@step(Side.CRM, every=0.1)
def carry_to_crm() -> int:
    return receive(Side.CRM) + apply_due(Side.CRM)


@step(Side.CRM, every=0.1)
def carry_to_engage() -> int:
    return receive(Side.ENGAGE) + apply_due(Side.ENGAGE)


@step(Side.CRM, every=600)
def say_what_crossed() -> int:
    """Tell each side how far the other has taken its messages, so that it may forget them."""
    for side in Side:
        taken = log.position(reader(side.other), side.other)
        if taken != log.position(CROSSED, side):
            with store.group(side, "link.crossed"):
                log.move(CROSSED, taken, side)
    return 0


@step(Side.CRM, every=600)
def forget_in_engage() -> int:
    """Forget what engage received; its own loop does not know the link's table."""
    return forget_rows(Side.ENGAGE, InboxMessage)


def _settled(side: Side, before: datetime) -> QuerySet[InboxMessage]:
    """Messages whose time is over: applied, given up by staff, or failed for good."""
    applied = Q(applied_at__lt=before)
    # Nothing says when a message was given up or died; its last try was due shortly before.
    given_up = Q(
        applied_at__isnull=True, state__in=[State.DEAD, State.DISCARDED], due_at__lt=before
    )
    inbox = store.stored(side, InboxMessage)
    if looks_at_all():
        return inbox.filter(applied | given_up)
    found = (inbox.filter(old).values_list("pk", flat=True)[:CHUNK] for old in (applied, given_up))
    return inbox.filter(applied | given_up, pk__in=[pk for pks in found for pk in pks])


def _forget(side: Side, ids: list[int]) -> None:
    old = store.rows(InboxMessage).filter(pk__in=ids)
    unapplied = old.filter(state=State.DEAD).count()
    if unapplied:
        logger.warning("%s forgets %d messages that failed for good", side, unapplied)
    store.discard(old)


rule(InboxMessage, due=_settled, forget=_forget)
