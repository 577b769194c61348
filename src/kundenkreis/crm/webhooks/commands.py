"""Receivers: naming them, stopping them, their secrets; what becomes of their messages."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting
from kundenkreis.crm.accounts.queries import user_by_id, viewer_by_id
from kundenkreis.crm.webhooks import signing
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.kernel import clock, sealing, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side

SEALED = "webhook"
TRIED_FOR = timedelta(days=3)
OVERLAP = timedelta(days=1)  # both secrets sign for so long
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=10)
PING = "ping"
MOST = 100


@command
def add_webhook(
    *, actor: Actor, name: str, address: str, kinds: Collection[str] = (),
    events: Collection[str] = (),
) -> tuple[Webhook, str]:  # fmt: skip
    """Name a receiver, which is told what the actor may read; returns it and its secret, which
    nobody is shown again. Raises `NotAllowed`, `DomainError`."""
    actor.require("crm.webhook.create")
    if actor.user_id is None:
        raise actor.refusal("crm.webhook.create")
    if store.rows(Webhook).count() >= MOST:
        raise DomainError(_("There are too many webhooks."), _("At most a hundred are told."))
    secret = signing.new_secret()
    made = store.create(
        actor, Webhook, name=name, address=_https(address), kinds=sorted(kinds),
        events=sorted(events), secret=sealing.seal(Side.CRM, SEALED, secret),
        owner_id=actor.user_id, since=clock.now(),
    )  # fmt: skip
    return made, secret


@command
def change_webhook(*, actor: Actor, webhook_id: int, **values: Any) -> Webhook:
    """Change name, address, types or events. Raises `NotAllowed`, `NotFound`, `DomainError`.

    It is told from now on what the actor may read: whoever points it elsewhere answers for it.
    """
    hook = _locked(actor, webhook_id)
    if "address" in values:
        values["address"] = _https(values["address"])
    for name in ("kinds", "events"):
        if name in values:
            values[name] = sorted(values[name])
    store.change(actor, hook, owner_id=actor.user_id, **values)
    return hook


@command
def stop_webhook(*, actor: Actor, webhook_id: int) -> None:
    """Tell a receiver nothing more; what waits is given up in time."""
    store.change(actor, _locked(actor, webhook_id), stopped=Webhook.Stopped.BY_STAFF)


@command
def start_webhook(*, actor: Actor, webhook_id: int) -> None:
    """Tell a receiver again, from now on, what the actor may read."""
    hook = _locked(actor, webhook_id)
    store.change(
        actor, hook, stopped="", since=clock.now(), owner_id=actor.user_id, failures=0,
        rests_until=None,
    )  # fmt: skip


@command
def hand_over(*, actor: Actor, user_id: int, to: int) -> int:
    """Let somebody answer for what another one has named; receivers are told from now on what they
    may read. Returns how many that were.

    Raises `NotAllowed`, also where they may not look after webhooks themselves; `DomainError` for
    somebody with more rights than the actor, for whoever names a receiver would read with them.
    """
    actor.require("crm.webhook.change")
    user, successor = user_by_id(to), viewer_by_id(to)
    if user is None or successor is None or not successor.may("crm.webhook.change"):
        raise actor.refusal("crm.webhook.change")
    granting.require_person(actor, user)
    found = list(store.rows(Webhook).select_for_update().filter(owner_id=user_id).order_by("pk"))
    for hook in found:
        # The worker may have stopped it between the end of their access and this.
        again = "" if hook.stopped == Webhook.Stopped.NOBODY else hook.stopped
        store.change(actor, hook, owner_id=to, stopped=again)
    return len(found)


@command
def remove_webhook(*, actor: Actor, webhook_id: int) -> None:
    """Forget a receiver and all its messages."""
    actor.require("crm.webhook.remove")
    hook = store.lock(Webhook, webhook_id)
    store.discard(store.rows(Message).filter(webhook=hook))
    store.remove(actor, hook)


@command
def renew_secret(*, actor: Actor, webhook_id: int) -> str:
    """A new secret, which nobody is shown again; for a day the former one signs, too."""
    hook = _locked(actor, webhook_id)
    secret = signing.new_secret()
    store.change(
        actor, hook, secret=sealing.seal(Side.CRM, SEALED, secret), former_secret=hook.secret,
        former_until=clock.now() + OVERLAP,
    )  # fmt: skip
    return secret


@command
def ping(*, actor: Actor, webhook_id: int) -> None:
    """Send a message that says nothing, so that somebody sees whether it arrives."""
    hook = _locked(actor, webhook_id)
    if hook.stopped:
        raise DomainError(_("This webhook is stopped."), hint=_("Start it first."))
    if hook.rests_until is not None:  # whoever mended the receiver does not wait
        store.replace(store.rows(Webhook).filter(pk=hook.pk), rests_until=None)
    now = clock.now()
    store.append(
        Message,
        [
            Message(
                webhook=hook, uuid=uuid.uuid4(), event=PING, at=now, due_at=now, noted_at=now,
                until=now + TRIED_FOR,
            )
        ],
    )  # fmt: skip


@command
def send_again(*, actor: Actor, message_id: int) -> Message:
    """Try a message that was given up for three days more. Raises `DomainError` for another one."""
    actor.require("crm.webhook.change")
    message = store.lock(Message, message_id)
    if message.state != Message.State.DEAD:
        raise DomainError(_("Only what was given up is sent again."))
    now = clock.now()
    store.replace(
        store.rows(Message).filter(pk=message.pk), state=Message.State.WAITING, due_at=now,
        until=now + TRIED_FOR, attempts=0,
    )  # fmt: skip
    return message


@command
def note_delivered(*, actor: Actor, message_id: int, status: int) -> None:
    """The receiver has it; whoever rested because of failures is told the rest at once."""
    message = _tried(actor, message_id, Message.State.DELIVERED, status=status, problem="")
    hook = store.rows(Webhook).filter(pk=message.webhook_id)
    store.replace(hook.exclude(failures=0, rests_until=None), failures=0, rests_until=None)


@command
def note_kept_back(*, actor: Actor, message_id: int) -> None:
    """Its owner may not know of it."""
    _tried(actor, message_id, Message.State.KEPT_BACK, problem="")


@command
def note_failed(*, actor: Actor, message_id: int, status: int | None, problem: str) -> None:
    """It did not arrive: it is tried again later, unless that was done for three days."""
    attempts = store.lock(Message, message_id).attempts + 1
    later = clock.now() + pause(attempts)
    _tried(
        actor, message_id, Message.State.WAITING, status=status, problem=problem[:80], due_at=later
    )


@command
def note_trouble(*, actor: Actor, webhook_id: int) -> None:
    """A receiver is away: leave it alone for a while, so that the others do not wait for it."""
    actor.require("crm.webhook.change")
    hook = store.lock(Webhook, webhook_id)
    failures = hook.failures + 1
    rests = clock.now() + pause(failures)
    store.replace(store.rows(Webhook).filter(pk=hook.pk), failures=failures, rests_until=rests)


@command
def note_stopped(*, actor: Actor, webhook_id: int, why: str) -> None:
    """A receiver is not told anything more, because it said so or nobody answers for it."""
    store.change(actor, _locked(actor, webhook_id), stopped=why)


@command
def give_up(*, actor: Actor, message_ids: list[int]) -> None:
    """These were tried for long enough."""
    actor.require("crm.webhook.change")
    rows = store.rows(Message).filter(pk__in=message_ids, state=Message.State.WAITING)
    store.replace(rows, state=Message.State.DEAD)


@command
def throw_away(*, actor: Actor) -> int:
    """Forget what receivers were not told while nothing left; returns how many messages."""
    actor.require("crm.webhook.change")
    return store.discard(store.rows(Message).filter(state=Message.State.WAITING))


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures: doubled each time, at most ten minutes."""
    return min(FIRST * (1 << min(failures - 1, 10)), LONGEST)


def secrets_of(hook: Webhook, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first. Raises `sealing.Unreadable`."""
    sealed = [hook.secret]
    if hook.former_secret and hook.former_until is not None and hook.former_until > now:
        sealed.append(hook.former_secret)
    return [sealing.unseal(Side.CRM, SEALED, one) for one in sealed]


def _locked(actor: Actor, webhook_id: int) -> Webhook:
    actor.require("crm.webhook.change")
    return store.lock(Webhook, webhook_id)


def _tried(actor: Actor, message_id: int, state: str, **values: Any) -> Message:
    actor.require("crm.webhook.change")
    message = store.lock(Message, message_id)
    store.replace(
        store.rows(Message).filter(pk=message_id), state=state, attempts=message.attempts + 1,
        tried_at=clock.now(), **values,
    )  # fmt: skip
    return message


def _https(address: str) -> str:
    address = address.strip()
    if not address.startswith(("https://", "http://")):
        raise DomainError(
            _("This is no address of the web."),
            hint=_("It begins with https://."),
            field="address",
        )
    return address
