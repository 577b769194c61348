"""Telling one receiver what waits for it, in order per record, until it is told or does not answer."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Any

from kundenkreis.crm.accounts.queries import viewer_by_id
from kundenkreis.crm.webhooks import commands, queries, signing
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.kernel import clock, sealing
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.egress import NotReached, egress
from kundenkreis.kernel.record import internal_fields

SECONDS = 20.0  # for one receiver before it is the others' turn
IN_A_ROW = 3  # refusals before it is left alone

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a receiver said; without a status there was no answer."""

    status: int | None
    problem: str = ""

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_waiting(hook_id: int, *, actor: Actor) -> int:
    """Tell a receiver what waits for it, for a while; returns how many messages were sent."""
    sent, refused, until = 0, 0, monotonic() + SECONDS
    while monotonic() < until:
        waiting = queries.due_of(hook_id, clock.now())
        if not waiting:
            return sent
        hook = Webhook.objects.get(pk=hook_id)
        viewer = viewer_by_id(hook.owner_id)
        if viewer is None:
            commands.note_stopped(actor=actor, webhook_id=hook_id, why=Webhook.Stopped.NOBODY)
            return sent
        for message in waiting:
            body = body_of(viewer, message)
            if body is None:
                commands.note_kept_back(actor=actor, message_id=message.pk)
                continue
            outcome = _send(hook, message, body)
            sent += 1
            if outcome.arrived:
                refused = 0
                commands.note_delivered(
                    actor=actor, message_id=message.pk, status=outcome.status or 0
                )
                continue
            refused += 1
            commands.note_failed(
                actor=actor, message_id=message.pk, status=outcome.status, problem=outcome.problem
            )
            if outcome.status == HTTPStatus.GONE:
                commands.note_stopped(actor=actor, webhook_id=hook_id, why=Webhook.Stopped.GONE)
                return sent
            if outcome.status is None or refused >= IN_A_ROW:
                commands.note_trouble(actor=actor, webhook_id=hook_id)
                return sent
    return sent


def body_of(viewer: Viewer, message: Message) -> dict[str, Any] | None:
    """What is said of what happened, as far as the receiver's owner may know of it now.

    Never a value: whoever wants to know asks the API, within their rights.
    """
    if message.event == commands.PING:
        return _body(message, "webhook.ping", {})
    found = queries.kind_of(message.target)
    if found is None:
        return None
    kind, pk = found
    told: dict[str, Any] = {"type": kind.name, "id": pk, "event": message.event}
    if message.event == Webhook.Event.DELETED:
        known = queries.was_readable(viewer, kind, pk)
        return _body(message, f"{kind.name}.deleted", told) if known else None
    record = queries.readable(viewer, kind, pk)
    if record is None:
        return None
    if message.event == Webhook.Event.CHANGED:
        inner = internal_fields(kind.model)
        fields = [one for one in message.fields if one not in inner and kind.sees(viewer, one)]
        hidden = bool(viewer.hidden_of(kind.subject))
        if not fields and (message.fields or hidden):
            return None  # only what is kept from them, or a part that may be
        told["fields"] = fields
    told["version"] = getattr(record, "version", None)
    return _body(message, f"{kind.name}.{message.event}", told)


def _body(message: Message, what: str, told: dict[str, Any]) -> dict[str, Any]:
    at = message.at.isoformat().replace("+00:00", "Z")
    return {"id": str(message.uuid), "type": what, "timestamp": at, "data": told}


def _send(hook: Webhook, message: Message, body: dict[str, Any]) -> Outcome:
    text, now = json.dumps(body).encode(), clock.now()
    try:
        signed = signing.headers(commands.secrets_of(hook, now), str(message.uuid), now, text)
        answer = egress().post(hook.address, text, signed)
    except NotReached as error:
        return Outcome(None, str(error))
    except sealing.Unreadable:
        log.error("the secret of webhook %s cannot be read: renew it", hook.pk)
        return Outcome(None, "secret")
    return Outcome(answer.status, "" if 200 <= answer.status < 300 else f"HTTP {answer.status}")
