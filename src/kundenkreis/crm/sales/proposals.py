"""What sales propose to do next with a customer, from how they buy and what was offered to them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.proposals import is_over
from kundenkreis.crm.sales.panels import business, open_sales
from kundenkreis.crm.sales.rhythm import Pace, rhythm
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.records.page.next_step import Proposal
from kundenkreis.ui import formats

LATE_OFFER, LATE_ORDER = 30, 20


def proposals(viewer: Viewer, record: Person | Organisation) -> Iterator[Proposal]:
    """To ask for an answer that is overdue, and what somebody may need who buys no longer."""
    if is_over(record):
        return
    today = clock.today(settings.COMPANY_ZONE)
    if viewer.may("crm.opportunity.read") and all(
        viewer.sees("crm.opportunity", name) for name in ("title", "expected_on")
    ):
        days = [(one.expected_on, one) for one in open_sales(viewer, record).next]
        late = [(day, one) for day, one in days if day is not None and day < today]
        for day, one in sorted(late, key=lambda pair: pair[0])[:1]:
            yield Proposal(
                _("Ask how “%(title)s” stands") % {"title": one.title},
                _("its close was expected on %(day)s.") % {"day": formats.day(day)},
                LATE_OFFER,
            )
    if viewer.may("crm.order.read"):
        found = business(viewer, record)
        if found.first is None or found.last is None:
            return
        known = rhythm(found.count, found.first, found.last, today)
        if known.pace in (Pace.OVERDUE, Pace.STOPPED):
            words = {"usual": formats.number(known.usual), "since": formats.number(known.since)}
            yield Proposal(
                _("Ask what they need"),
                _("they order every %(usual)s days, and last did %(since)s days ago.") % words,
                LATE_ORDER,
            )
