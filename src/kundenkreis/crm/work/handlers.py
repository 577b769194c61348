"""What gives somebody something to do."""

from __future__ import annotations

from datetime import timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override

from kundenkreis.crm.accounts.queries import holders
from kundenkreis.crm.people.events import QualityMeasured
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel.access import system
from kundenkreis.kernel.events import on

DAYS = 7  # to look at the figures of a month


@on(QualityMeasured)
def remind_of_quality(event: QualityMeasured) -> None:
    """Whoever looks after the data gets a task each month: a person with the right to change what
    is measured, the longest there."""
    user = holders("crm.quality.change").order_by("pk").first()
    if user is None or not event.persons:
        return
    with override(user.language or None):
        share = formats.number_format(100 * event.decayed / event.persons, 1)
        text = _(
            "Data quality of %(month)s: of %(persons)d persons %(share)s %% were lost within a year "
            "(before: %(before)s %%), %(stale)d were not confirmed for as long. The page “Data "
            "quality” lists who."
        ) % {
            "month": formats.date_format(event.month, "F Y"),
            "persons": event.persons,
            "share": share,
            "before": formats.number_format(100 * event.before, 1),
            "stale": event.stale,
        }
        add_activity(
            actor=system("quality"), text=text, kind=Activity.Kind.TASK, owner_id=user.pk,
            due_on=event.month + timedelta(days=DAYS),
        )  # fmt: skip
