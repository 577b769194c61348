"""What is proposed to do next with somebody who is looked after in a rhythm."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.restricting import restriction_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer, subject_of
from kundenkreis.records.page.next_step import Proposal
from kundenkreis.ui import formats

WAITING = 10


def is_over(record: Person | Organisation) -> bool:
    """Whether nothing is proposed any more: who is gone, closed, or must be left in peace."""
    if isinstance(record, Person):
        return bool(record.ended) or restriction_of(record) is not None
    closed = record.closed_on
    return closed is not None and closed <= clock.today(settings.COMPANY_ZONE)


def proposals(viewer: Viewer, record: Person | Organisation) -> Iterator[Proposal]:
    """To get in touch with whoever has waited for longer than the rhythm of their portfolio."""
    subject = subject_of(type(record))
    if is_over(record) or record.portfolio_id is None:
        return
    if not all(viewer.sees(subject, name) for name in ("portfolio", "contacted_on")):
        return
    if not viewer.sees("crm.portfolio", "visit_days"):
        return
    portfolio, last = record.portfolio, record.contacted_on
    if portfolio is None or not viewer.covers("crm.portfolio.read", portfolio):
        return
    since = (clock.today(settings.COMPANY_ZONE) - last).days if last else None
    if since is not None and since <= portfolio.visit_days:
        return
    words = {"days": formats.number(portfolio.visit_days)}
    if since is None:
        why = _("nobody has been in touch yet, and it should be every %(days)s days.") % words
    else:
        words["since"] = formats.number(since)
        why = _("the last contact is %(since)s days ago, and it should be every %(days)s.") % words
    yield Proposal(_("Get in touch"), why, WAITING)
