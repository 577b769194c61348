"""The mail of the day: what somebody was told since the last one and has not read."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_by_id
from kundenkreis.crm.work.models import NoticeSettings
from kundenkreis.crm.work.notice_commands import MAIL, note_mailed
from kundenkreis.crm.work.notice_queries import told
from kundenkreis.crm.work.notice_words import Item, item
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Actor

SHOWN = 30
DAY = timedelta(days=1)


def send_digests(*, actor: Actor) -> int:
    """Send each member of staff whose hour has come their mail of the day; returns how many."""
    now, sent = clock.now(), 0
    chosen = {one.user_id: one for one in NoticeSettings.objects.all()[:10_000]}
    for user in User.objects.filter(is_active=True).order_by("id")[:10_000]:
        own = chosen.get(user.pk) or NoticeSettings(user_id=user.pk)
        if _is_time(user, own, now):
            sent += _send(user, own.mailed_at or now - DAY)
            note_mailed(actor=actor, user_id=user.pk)
    return sent


def _is_time(user: User, own: NoticeSettings, now: datetime) -> bool:
    """Whether it is their hour or later of a day without a mail."""
    zone = ZoneInfo(user.zone)
    here = now.astimezone(zone)
    last = own.mailed_at.astimezone(zone).date() if own.mailed_at is not None else None
    return here.hour >= own.hour and last != here.date()


def _send(user: User, since: datetime) -> bool:
    viewer = viewer_by_id(user.pk)
    if viewer is None or not user.email:
        return False
    with translation.override(user.language), timezone.override(user.zone):
        found = told(viewer, limit=SHOWN + 1, since=since, unread=True, way=MAIL)
        if not found:
            return False
        subject, text = _mail([item(viewer, one) for one in found])
        EmailMessage(subject=subject, body=text, to=[user.email]).send()
        return True


def _mail(items: list[Item]) -> tuple[str, str]:
    more, items = len(items) > SHOWN, items[:SHOWN]
    count = f"{SHOWN}+" if more else str(len(items))
    subject = ngettext("%(n)s news in Kundenkreis", "%(n)s news in Kundenkreis", len(items))
    lines = []
    for one in items:
        lines += [f"– {one.title}", *([f"  {one.text}"] if one.text else [])]
        lines += [f"  {settings.STAFF_ADDRESS}{one.url}", ""]
    lines += [_("What you are told by mail, and when, you choose under “Notifications” in Kundenkreis.")]  # fmt: skip
    return subject % {"n": count}, "\n".join(lines) + "\n"
