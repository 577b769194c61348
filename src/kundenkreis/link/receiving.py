"""Receiving: what crosses is copied from one side's outbox into the other side's inbox."""

from __future__ import annotations

from kundenkreis.kernel import clock, held, log, store, tombstones
from kundenkreis.kernel.log import Position
from kundenkreis.kernel.models import Cursor, OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.link.models import InboxMessage

LIMIT = 500


def reader(target: Side) -> str:
    """The name of the cursor that the receiving side keeps in the other side's outbox."""
    return f"link.from.{target.other}"


def receive(target: Side, limit: int = LIMIT) -> int:
    """Copy new crossing messages in the order of the log; returns how many rows were read.

    Rows and cursor are written in one transaction of the receiving side. Whatever happens, a
    message that was read before is recognised by its uuid.
    """
    start = log.position(reader(target), target)
    read = log.read_after(OutboxMessage, start, limit, target.other)
    if not read or held.anywhere():
        return 0
    with store.group(target, "link.receive"):
        if hold(target) == start:  # else another worker was quicker
            crossing = [_received(message) for message in read if message.crosses]
            # What was on its way when somebody was erased speaks of nobody any more.
            gone = tombstones.buried(target, {f"link|{message.key}" for message in crossing})
            crossing = [message for message in crossing if f"link|{message.key}" not in gone]
            store.append(InboxMessage, crossing, ignore_conflicts=True)
            log.move(reader(target), Position(read[-1].tx, read[-1].pk), target)
    return len(read)


def hold(target: Side) -> Position:
    """Let one worker at a time receive or apply on a side; returns where it stands."""
    rows = store.rows(Cursor).select_for_update()
    cursor = rows.filter(name=reader(target)).first()
    if cursor is None:
        log.move(reader(target), Position(), target)
        return Position()
    return Position(cursor.tx, cursor.row)


def _received(message: OutboxMessage) -> InboxMessage:
    now = clock.now()
    return InboxMessage(
        uuid=message.uuid,
        name=message.name,
        key=message.key,
        payload=message.payload,
        sent_at=message.at,
        received_at=now,
        due_at=now,
    )
