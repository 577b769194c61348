"""What is special about forgetting opportunities and orders."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kundenkreis.crm.sales.models import CustomerScore, Opportunity, Order, Stage
from kundenkreis.crm.sales.order_commands import forget_orders
from kundenkreis.crm.sales.scores import refresh_scores
from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import each_midnight
from kundenkreis.kernel.sides import Side
from kundenkreis.records.merging import references

# With their lines they are a thousand rows.
PIECE = 100


def _closed(side: Side, before: datetime) -> QuerySet[Opportunity]:
    closed = store.stored(side, Stage).exclude(kind=Stage.Kind.OPEN)
    rows = store.stored(side, Opportunity).filter(stage__in=closed)
    return forgetting.oldest(rows, "changed_at", before)


def _forget_orders(side: Side, ids: list[int]) -> None:
    forget_orders(actor=system("forgetting"), order_ids=ids)


@each_midnight
@job(Side.CRM)
def score_by_night() -> None:
    """Score all customers beside each other."""
    refresh_scores()


references.UNAUDITED.add(CustomerScore)
forgetting.rule(Opportunity, due=_closed)
forgetting.rule(Order, forget=_forget_orders, piece=PIECE)
