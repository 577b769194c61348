"""What is special about forgetting activities, and what goes with the records they are about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from kundenkreis.crm.people.jobs import kept_by
from kundenkreis.crm.work import digest, noticing, pushing
from kundenkreis.crm.work.informing import remind_of_informing
from kundenkreis.crm.work.models import Activity, Draft
from kundenkreis.kernel import clock, forgetting, held, removal, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import each_midnight, every
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry
from kundenkreis.records.merging import references


@every(days=7)
@job(Side.CRM)
def remind_who_informs() -> None:
    """Say who has to be told what is kept about them before the month runs out."""
    remind_of_informing(actor=system("informing"))


@step(Side.CRM, every=2.0)
def notice() -> int:
    """Tell staff what changed that concerns them, and whose work has ended."""
    return sum(noticing.notice_changes(side) for side in Side) + noticing.notice_ended()


@step(Side.CRM, every=5.0)
def push_news() -> int:
    """Have the browsers told whose users have news, unless nothing may leave."""
    waiting = [] if _is_held() else pushing.waiting(clock.now())
    if waiting:
        with store.group(Side.CRM, "work.push_news"):
            for pk in waiting:
                push.enqueue_once(f"push|{pk}", pk)
    return 0


@job(Side.CRM, beside=True)
def push(browser_id: int) -> None:
    """Tell one browser of news, unless nothing may leave."""
    if not _is_held():
        pushing.push(browser_id, actor=system("push"))


def _is_held() -> bool:
    return any(held.is_held(side) for side in Side)


@each_midnight
@job(Side.CRM)
def notice_due() -> None:
    """Tell everybody how much is due on the day that begins."""
    noticing.notice_due()


@every(minutes=15)
@job(Side.CRM)
def send_digests() -> None:
    """Send the mails of the day to those whose hour has come."""
    digest.send_digests(actor=system("digest"))


def _over(side: Side, before: datetime) -> QuerySet[Activity]:
    rows = store.stored(side, Activity).filter(is_done=True)
    return forgetting.oldest(rows, "changed_at", before)


@kept_by
def _planned(side: Side) -> QuerySet[Activity]:
    """With whom something is still to be done is not forgotten."""
    return store.stored(side, Activity).filter(is_done=False)


@removal.along
def _about_removed(model: type[Model], pks: list[Any]) -> QuerySet[Activity] | None:
    """Activities about a record go into the bin with it, and come back with it."""
    return _naming(Activity, model, pks)


@removal.along
def _drafts_about(model: type[Model], pks: list[Any]) -> QuerySet[Draft] | None:
    return _naming(Draft, model, pks)


def _naming[M: Activity | Draft](
    rows: type[M], model: type[Model], pks: list[Any]
) -> QuerySet[M] | None:
    kind = registry.of_model(model)
    if kind is None or kind.side is not Side.CRM:
        return None
    return store.rows(rows).filter(about_kind=kind.name, about_row__in=pks)


references.UNAUDITED.add(Draft)
references.NAMED += [
    (Activity, "about_kind", "about_row", lambda kind: kind.name),
    (Draft, "about_kind", "about_row", lambda kind: kind.name),
]
forgetting.rule(Activity, due=_over)
