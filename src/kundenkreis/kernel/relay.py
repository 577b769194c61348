"""From the outbox to the `@after` handlers: one job per message and handler, in order per key."""

from __future__ import annotations

from kundenkreis.kernel import held, log
from kundenkreis.kernel.events import AFTER, decode
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

READER = "relay"


def relay(side: Side, limit: int = 200) -> int:
    """Turn new outbox messages into jobs; returns how many messages were read."""
    if not log.rows_after(OutboxMessage, log.position(READER, side), side).exists():
        return 0  # asked often: nobody's turn to write is taken for that
    if held.is_restored(side):
        return 0
    with unit_of_work(side, "kernel.relay"):
        messages = log.read_after(OutboxMessage, log.position(READER, side), limit, side)
        for message in messages:
            for handler in AFTER.get(message.name, ()):
                path = f"{handler.__module__}:{handler.__qualname__}"
                lane = f"{path}|{message.key}" if message.key else ""
                handle_message.using(
                    backend=str(side), unique=f"after|{path}|{message.pk}", lane=lane
                ).enqueue(path, message.name, message.payload)
        if messages:
            log.move(READER, log.Position(messages[-1].tx, messages[-1].pk), side)
        return len(messages)


@job(Side.ENGAGE)
def handle_message(path: str, name: str, payload: dict[str, object]) -> None:
    """Run one `@after` handler for one event."""
    handlers = {f"{h.__module__}:{h.__qualname__}": h for h in AFTER.get(name, ())}
    handlers[path](decode(name, payload))
