"""What sales do when something happens elsewhere."""

from __future__ import annotations

from kundenkreis.crm.people.commands import enter
from kundenkreis.crm.people.models import SharedFacts
from kundenkreis.crm.sales.models import Opportunity, Order
from kundenkreis.crm.sales.order_facts import share_order_facts
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Viewer, system
from kundenkreis.kernel.events import on
from kundenkreis.records.events import RecordsMerged, RecordsParted, RecordUndone

SALES = system("sales")


@on(RecordUndone)
def tell_the_timeline(event: RecordUndone) -> None:
    """An opportunity that was put back: the timeline would still have it where it was moved to."""
    if not event.target.startswith("crm.opportunity:") or "stage" not in event.fields:
        return
    opportunity = Opportunity.objects.select_related("stage").get(pk=event.record_id)
    payload = {"title": opportunity.title, "stage": opportunity.stage.label}
    enter(Viewer(event.by, event.user_id), opportunity, "opportunity_moved", payload)


@on(RecordsMerged)
def count_the_orders_of_both(event: RecordsMerged) -> None:
    """The orders of two persons who became one are counted together."""
    if event.subject == "crm.person":
        _count_again(event.kept)


@on(RecordsParted)
def count_the_orders_of_each(event: RecordsParted) -> None:
    if event.subject == "crm.person":
        _count_again(event.kept, event.back)


def _count_again(*person_ids: int) -> None:
    """Only of those who have ordered, or of whom it was told."""
    ordered = store.rows(Order).filter(person__in=person_ids).values_list("person", flat=True)
    told = store.rows(SharedFacts).filter(pk__in=person_ids).values_list("pk", flat=True)
    share_order_facts(actor=SALES, person_ids={*ordered.distinct(), *told})
