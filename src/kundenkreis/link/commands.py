"""What staff decide about messages that failed for good."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.link.models import InboxMessage

State = InboxMessage.State


def retry_message(*, actor: Actor, side: Side, message_id: int) -> None:
    """Give a failed or waiting message a new round of attempts at once.

    Raises `NotFound`; `DomainError` when it was applied or discarded meanwhile.
    """
    actor.require("link.message.change")
    with store.group(side, "link.retry_message"):
        message = _unapplied(message_id)
        now = clock.now()
        # Patience starts anew too, for what waits for something else.
        values: dict[str, Any] = {"attempts": 0, "due_at": now, "received_at": now, "error": ""}
        store.change(actor, message, state=State.WAITING, **values)


def discard_message(*, actor: Actor, side: Side, message_id: int) -> None:
    """Give a message up; those behind it with the same key go on.

    Raises `NotFound`; `DomainError` when it was applied or discarded meanwhile.
    """
    actor.require("link.message.change")
    with store.group(side, "link.discard_message"):
        store.change(actor, _unapplied(message_id), state=State.DISCARDED)


def _unapplied(message_id: int) -> InboxMessage:
    message = store.rows(InboxMessage).select_for_update().filter(pk=message_id).first()
    if message is None:
        raise NotFound
    if message.state not in (State.WAITING, State.DEAD):
        raise DomainError(
            _("This message is settled already."),
            _("It was applied or discarded meanwhile."),
            _("Nothing is left to do."),
        )
    return message
