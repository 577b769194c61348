"""When receivers are told: each by a job of its own, so that none waits for one that is away."""

from __future__ import annotations

from kundenkreis.crm.webhooks import commands, queries
from kundenkreis.crm.webhooks.noting import note_changes
from kundenkreis.crm.webhooks.sending import send_waiting
from kundenkreis.kernel import clock, held, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side

ACTOR = system("webhooks")


@step(Side.CRM, every=2.0)
def note_and_wake() -> int:
    """Note what happened on both sides, give up what was tried for long, wake who can be told."""
    read = sum(note_changes(side) for side in Side)
    now = clock.now()
    over = list(queries.over(now).values_list("pk", flat=True)[:500])
    if over:
        commands.give_up(actor=ACTOR, message_ids=over)
    waiting = [] if held.anywhere() else queries.waits(now)
    if waiting:
        with store.group(Side.CRM, "webhooks.wake"):
            for hook_id in waiting:
                send.enqueue_once(f"webhook|{hook_id}", hook_id)
    return read + len(over)


@job(Side.CRM, beside=True)
def send(hook_id: int) -> None:
    """Tell one receiver what waits for it, unless nothing may leave."""
    if not held.anywhere():
        send_waiting(hook_id, actor=ACTOR)
