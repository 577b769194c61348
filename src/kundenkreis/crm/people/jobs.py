"""Comparing the base by night, and what is special about forgetting persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.people.doubles.commands import ask_for_run
from kundenkreis.crm.people.doubles.comparer import Comparer
from kundenkreis.crm.people.models import Affiliation, Person, TimelineEntry, VatCheck
from kundenkreis.crm.people.quality.commands import measure_night
from kundenkreis.crm.people.vat_checking import (
    ServiceRefused,
    ServiceUnavailable,
    ask_vat_check,
    keep_vat_answer,
    keep_vat_problem,
    service,
)
from kundenkreis.kernel import clock, forgetting, held, store
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import each_midnight
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side

# With their contact details and the like they are a thousand rows.
PIECE = 200


KeptBy = Callable[[Side], QuerySet[Any]]
KEPT_BY: list[KeptBy] = []


def kept_by(rows: KeptBy) -> KeptBy:
    """Say which rows of a context above keep their `person` from being forgotten."""
    KEPT_BY.append(rows)
    return rows


def _long_unheard_of(side: Side, before: datetime) -> QuerySet[Person]:
    """Persons with whom nothing happened, nothing is planned, and on whom nothing rests.

    Marketing would not learn that the crm has forgotten somebody it knows by the link.
    """
    rows = store.stored(side, Person).filter(link_id__isnull=True, next_step_on__isnull=True)
    works = Q(until__isnull=True) | Q(until__gte=clock.today(settings.COMPANY_ZONE))
    for_staff = (
        store.stored(side, TimelineEntry).filter(person=OuterRef("pk")),
        store.stored(side, Affiliation).filter(works, person=OuterRef("pk")),
        *(
            store.stored(side, relation.related_model).filter(
                **{relation.remote_field.name: OuterRef("pk")}
            )
            for relation in Person._meta.related_objects
            if relation.on_delete is PROTECT
        ),
        *(reason(side).filter(person=OuterRef("pk")) for reason in KEPT_BY),
    )
    for reason in for_staff:
        rows = rows.filter(~Exists(reason))
    return forgetting.oldest(rows, "changed_at", before)


forgetting.rule(Person, due=_long_unheard_of, piece=PIECE)

_comparer = Comparer()


@each_midnight
@job(Side.CRM)
def compare_by_night() -> None:
    """Have the whole base compared."""
    ask_for_run(actor=system("duplicates"))


@step(Side.CRM, every=2.0)
def begin_comparison() -> int:
    """Start with the comparison that somebody asked for."""
    return _comparer.begin()


@step(Side.CRM, every=0.2, waits=_comparer.busy)
def go_on_with_comparison() -> int:
    """A step of it."""
    return _comparer.go_on()


def begin_vat_check(actor: Actor, organisation_id: int) -> VatCheck:
    """Have an organisation's VAT ID checked by the worker. Raises what `ask_vat_check` does."""
    with store.group(Side.CRM, "people.begin_vat_check"):
        asked = ask_vat_check(actor=actor, organisation_id=organisation_id)
        check_vat_id.enqueue_once(f"vat|{asked.pk}", asked.pk)
    return asked


@job(Side.CRM, beside=True)
def check_vat_id(check_id: int) -> None:
    """Ask the service about a VAT ID; keep its answer, or why there is none and ask again later."""
    check = VatCheck.objects.filter(pk=check_id, state=VatCheck.State.WAITING).first()
    if check is None:
        return
    if held.is_held(Side.CRM):
        soon = clock.now() + timedelta(minutes=5)
        with store.group(Side.CRM, "people.wait_with_vat"):
            check_vat_id.enqueue_once(f"vat|{check_id}|{soon.isoformat()}", check_id, after=soon)
        return
    ask, actor = service(), system("vat")
    try:
        if ask is None:
            raise ServiceRefused("no service")
        answer = ask(check.vat_id)
    except (ServiceUnavailable, ServiceRefused) as problem:
        final = isinstance(problem, ServiceRefused)
        with store.group(Side.CRM, "people.keep_vat_problem"):
            later = keep_vat_problem(
                actor=actor, check_id=check_id, problem=str(problem), final=final
            )
            if later is not None:
                unique = f"vat|{check_id}|{later.isoformat()}"
                check_vat_id.enqueue_once(unique, check_id, after=later)
    else:
        keep_vat_answer(actor=actor, check_id=check_id, answer=answer)


@each_midnight
@job(Side.CRM)
def measure_quality() -> None:
    """Keep the figures of data quality, once a month for good."""
    measure_night(actor=system("quality"))
