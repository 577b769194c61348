"""What is special about forgetting persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.people.models import Affiliation, Person, TimelineEntry
from kundenkreis.kernel import clock, forgetting, store
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
