"""From the audit to the messages of each receiver.

The audit is the one log of every change on both sides, in order and without gaps (`kernel.log`);
so nothing more is written when a record changes, and nothing at all where nobody is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from kundenkreis.crm.webhooks.commands import TRIED_FOR
from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.crm.webhooks.queries import active, kind_of
from kundenkreis.kernel import clock, log, store
from kundenkreis.kernel.log import Position
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.record import holders, model_named
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry

READER = "webhooks"
CHUNK = 500
_SPACE = uuid.UUID("7b1c4f5e-4a37-4f0e-9f0c-6a4d1f0f7f10")
EVENTS = {
    "create": Webhook.Event.CREATED,
    "restore": Webhook.Event.CREATED,
    "change": Webhook.Event.CHANGED,
    "remove": Webhook.Event.DELETED,
}


def note_changes(side: Side) -> int:
    """Read on in a side's audit and note what is to be told; returns how many entries were read.

    The place where it stands is kept in the crm, with the messages: both or neither.
    """
    reader = f"{READER}.{side}"
    at = log.position(reader, Side.CRM)
    if not log.rows_after(AuditEntry, at, side).exists():
        return 0
    hooks = active()
    if not hooks:
        return _pass_over(reader, side)
    rows = log.rows_after(AuditEntry, at, side).select_related("change")
    entries = list(rows[:CHUNK])
    made = [message for entry in entries for message in _of(entry, side, hooks)]
    with store.group(Side.CRM, "webhooks.note_changes"):
        store.append(Message, made, ignore_conflicts=True)
        log.move(reader, Position(entries[-1].tx, entries[-1].pk), Side.CRM)
    return len(entries)


def _pass_over(reader: str, side: Side) -> int:
    """Nobody is told: go to the end."""
    rows = store.stored(side, AuditEntry)
    last = log.settled(rows, side).reverse().first()
    if last is not None:
        with store.group(Side.CRM, "webhooks.note_changes"):
            log.move(reader, Position(last.tx, last.pk), Side.CRM)
    return 0


def _of(entry: AuditEntry, side: Side, hooks: Iterable[Webhook]) -> Iterator[Message]:
    event = EVENTS.get(entry.action)
    if event is None:
        return
    change = getattr(entry, "change", None)
    fields = sorted(change.fields) if change is not None and entry.action == "change" else []
    told = [(entry.target, str(event), fields)]
    if kind_of(entry.target) is None:
        told = [(whole, str(Webhook.Event.CHANGED), []) for whole in _wholes(entry, side)]
    now = clock.now()
    for target, what, names in told:
        named = uuid.uuid5(_SPACE, f"{side}|{entry.pk}|{target}")
        yield from (
            _message(hook, named, target, what, names, entry.at, now)
            for hook in hooks
            if _wants(hook, target, what, entry.at)
        )


def _message(
    hook: Webhook, named: uuid.UUID, target: str, event: str, fields: list[str], at: datetime,
    now: datetime,
) -> Message:  # fmt: skip
    return Message(
        webhook=hook, uuid=named, event=event, target=target, fields=fields, at=at, due_at=now,
        noted_at=now, until=now + TRIED_FOR,
    )  # fmt: skip


def _wants(hook: Webhook, target: str, event: str, at: datetime) -> bool:
    found = kind_of(target)
    if found is None or at < hook.since:
        return False
    kinds, events = hook.kinds, hook.events
    return (not kinds or found[0].name in kinds) and (not events or event in events)


def _wholes(entry: AuditEntry, side: Side) -> Iterator[str]:
    """The records of which something is a part, such as whose address it is."""
    place, _colon, row = entry.target.partition(":")
    model = model_named(side, place.partition(".")[2])
    if model is None or not row.isdigit():
        return
    part = store.stored(side, model).filter(pk=int(row)).first()
    if part is not None:
        for whole, pk in holders(part):
            kind = registry.of_model(whole)
            if kind is not None and kind.side is side:
                yield f"{side}.{kind.name}:{pk}"
