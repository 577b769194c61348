"""When receivers are told: each by a job of its own, so that none waits for one that is away."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

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
    """Note what happened on both sides; unless nothing may leave, give up what was tried for long,
    and wake those who can be told."""
    read = sum(note_changes(side) for side in Side)
    if not _may_leave():
        return read
    now = clock.now()
    over = list(queries.over(now).values_list("pk", flat=True)[:500])
    if over:
        commands.give_up(actor=ACTOR, message_ids=over)
    waiting = queries.waits(now)
    if waiting:
        with store.group(Side.CRM, "webhooks.wake"):
            for hook_id in waiting:
                send.enqueue_once(f"webhook|{hook_id}", hook_id)
    return read + len(over)


@job(Side.CRM, beside=True)
def send(hook_id: int) -> None:
    """Tell one receiver what waits for it, unless nothing may leave."""
    if _may_leave():
        send_waiting(hook_id, actor=ACTOR)


def _may_leave() -> bool:
    return not any(held.is_held(side) for side in Side)


def _lines(limit: int) -> Iterator[held.Line]:
    for message in queries.waiting().select_related("webhook").order_by("-id")[:limit]:
        hook, what = message.webhook, f"{message.target} {message.event}"
        yield held.Line(str(message.pk), message.at, hook.address, hook.name, what)


def _discard() -> int:
    return commands.throw_away(actor=ACTOR)


held.register(
    held.Kind("webhooks", _("Webhooks"), lambda: queries.waiting().count(), _lines, _discard)
)
