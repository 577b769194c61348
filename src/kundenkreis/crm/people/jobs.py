"""Comparing the base by night, and what is special about forgetting persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.people.doubles.commands import ask_for_run
from kundenkreis.crm.people.doubles.comparer import Comparer
from kundenkreis.crm.people.models import Affiliation, Person, TimelineEntry
from kundenkreis.crm.people.quality.commands import measure_month
from kundenkreis.kernel import clock, forgetting, store
from kundenkreis.kernel.access import system
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


@each_midnight
@job(Side.CRM)
def measure_quality() -> None:
    """Keep the figures of data quality once a month."""
    measure_month(actor=system("quality"))
