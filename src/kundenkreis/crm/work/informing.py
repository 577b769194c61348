"""Reminding, once a week, of people who have to be told what is kept about them."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext, ngettext, override

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import holders, viewer_of
from kundenkreis.crm.people import informing
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.fields import LANGUAGES

DAYS = 7  # before its end, a month is running out
MOST = 500  # members of staff


@command
def remind_of_informing(*, actor: Actor) -> int:
    """Give everybody who may note it a task with how many of their people are to be told by when;
    returns how many got one. The task of the week before goes, done or not."""
    until = clock.today(settings.COMPANY_ZONE) + timedelta(days=DAYS)
    users = holders(informing.RIGHT).order_by("pk")[:MOST]
    return sum(_remind(actor, user, until) for user in users)


def _remind(actor: Actor, user: User, until: date) -> bool:
    for task in _earlier(user):
        store.change(actor, store.lock(Activity, task.pk), is_done=True, done_at=clock.now())
    viewer = viewer_of(user)
    if not (viewer.may(informing.RIGHT) and viewer.may("crm.activity.read")):
        return False  # their time is over, or they could not read it
    mine = informing.due_until(viewer, until).filter(Q(owner_id=user.pk) | Q(owner_id=None))
    if not (count := mine.order_by().count()):
        return False
    with override(user.language or None):
        text = ngettext(
            "%(n)d person has to be told until %(day)s what is kept about them (Art. 13, 14 GDPR). "
            "The page “To be informed” lists them.",
            "%(n)d persons have to be told until %(day)s what is kept about them (Art. 13, 14 GDPR). "
            "The page “To be informed” lists them.",
            count,
        ) % {"n": count, "day": formats.date_format(until, "DATE_FORMAT")}
        add_activity(
            actor=actor, text=text, kind=Activity.Kind.TASK, owner_id=user.pk, due_on=until,
            tags=[gettext("To be informed")],
        )  # fmt: skip
    return True


def _earlier(user: User) -> list[Activity]:
    """The open reminders that somebody has, in whatever language they read then."""
    names = set()
    for language in LANGUAGES:
        with override(language):
            names.add(gettext("To be informed"))
    rows = store.rows(Activity).filter(owner_id=user.pk, author_id=None, is_done=False)
    return [one for one in rows[:MOST] if names.intersection(one.tags)]
