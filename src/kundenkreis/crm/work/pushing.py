"""A word to the browsers of whoever wants to be told at once, also where no page of ours is open.

It says how many news there are and nothing of anybody: push services belong to others. Whoever opens
the inbox reads the rest.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from kundenkreis.crm.accounts.queries import user_by_id, viewer_by_id
from kundenkreis.crm.work.models import Notice, PushBrowser
from kundenkreis.crm.work.notice_commands import PUSH, end_push, note_pushed
from kundenkreis.crm.work.notice_queries import told
from kundenkreis.kernel import clock, webpush
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.egress import Allowed, Egress, NotReachable, Unanswered

QUIET = timedelta(seconds=10)  # so that several news are one word
COUNTED = 99
OVER = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

log = logging.getLogger(__name__)


def waiting(now: datetime) -> list[int]:
    """The browsers whose users have news that they were not pushed yet."""
    browsers = list(PushBrowser.objects.order_by("id")[:10_000])
    users = {one.user_id for one in browsers}
    rows = Notice.objects.filter(user_id__in=users, read_at=None, at__lte=now - QUIET)
    latest: dict[int, datetime] = {}
    for user_id, at in rows.order_by("at").values_list("user_id", "at") if users else ():
        latest[user_id] = at
    return [one.pk for one in browsers if latest.get(one.user_id, one.told_at) > one.told_at]


def push(browser_id: int, *, actor: Actor) -> bool:
    """Tell one browser how many news there are, if there are any; whether it was told."""
    browser = PushBrowser.objects.filter(pk=browser_id).first()
    user = user_by_id(browser.user_id) if browser is not None else None
    viewer = viewer_by_id(browser.user_id) if browser is not None else None
    if browser is None or user is None or viewer is None:
        return False
    new = told(viewer, limit=1, since=browser.told_at, unread=True, way=PUSH)
    now = clock.now()
    if not new:
        note_pushed(actor=actor, browser_id=browser_id, at=now)
        return False
    count = len(told(viewer, limit=COUNTED + 1, unread=True, way=PUSH))
    with translation.override(user.language):
        text = ngettext("%(n)s news in Kundenkreis", "%(n)s news in Kundenkreis", count)
    body = json.dumps({"title": text % {"n": count}, "url": "/inbox/"}, ensure_ascii=False)
    sent = _sent(browser, body.encode(), now)
    if sent is None:
        end_push(actor=actor, browser_id=browser_id)
    else:  # what did not arrive is not repeated: the next one counts it too
        note_pushed(actor=actor, browser_id=browser_id, at=now)
    return bool(sent)


def _sent(browser: PushBrowser, text: bytes, now: datetime) -> bool | None:
    """Whether its push service took it; None where that browser is not there any more.

    Anybody names such a service, so what webhooks may reach in the house is closed to it.
    """
    known = webpush.Browser(browser.endpoint, browser.key, browser.auth)
    try:
        answer = Egress(Allowed.of(settings.PUSH_ALLOWED)).post(
            browser.endpoint, *webpush.message(known, text, now)
        )
    except (NotReachable, ValueError):
        return None
    except Unanswered as error:
        log.warning("browser %s was not reached: %s", browser.pk, error)
        return False
    return None if answer.status in OVER else answer.status < HTTPStatus.MULTIPLE_CHOICES
