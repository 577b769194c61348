"""What a notice says, in its reader's language; the page and the mail of the day say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundenkreis.crm.work.models import Notice
from kundenkreis.crm.work.notice_commands import Kind
from kundenkreis.crm.work.notice_queries import Told
from kundenkreis.crm.work.panels import about_text
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import named
from kundenkreis.records.models import BulkRun, LongWork, Transfer
from kundenkreis.records.past.history import Words
from kundenkreis.records.registry import TYPES

ICONS = {
    Kind.MENTIONED: "at-sign", Kind.ASSIGNED: "square-check", Kind.DUE: "calendar-clock",
    Kind.FINISHED: "circle-check", Kind.FOLLOWED: "bell",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the inbox."""

    pk: int
    at: datetime
    title: str
    text: str
    url: str
    icon: str
    unread: bool


def item(viewer: Viewer, told: Told) -> Item:
    """A notice in words."""
    notice = told.notice
    title, text, url = _said(viewer, told)
    icon = ICONS[Kind(notice.kind)]
    return Item(notice.pk, notice.at, title, text, url, icon, notice.read_at is None)


def _said(viewer: Viewer, told: Told) -> tuple[str, str, str]:
    notice, who = told.notice, {"who": told.notice.by}
    if told.work is not None:
        return _ended(told.work, notice)
    if notice.kind == Kind.DUE:
        due = ngettext("%(n)s next step or task is due", "%(n)s next steps and tasks are due", notice.count)  # fmt: skip
        return due % {"n": notice.count}, "", reverse("tasks")
    if told.activity is not None:
        text = " · ".join(filter(None, (str(told.activity), about_text(told.activity))))
        title = {
            Kind.MENTIONED: _("%(who)s mentioned you"),
            Kind.ASSIGNED: _("%(who)s gave you a task"),
        }.get(Kind(notice.kind), told.activity.get_kind_display())
        return str(title) % who, text, named("activity").url(told.activity.pk)
    assert told.kind is not None  # noqa: S101 - a notice is about one of these
    if told.record is None:
        many = _("%(who)s gave you %(n)s records") % {**who, "n": notice.count}
        return many, str(told.kind.title), told.kind.url()
    url, name = told.kind.url(told.record.pk), {"record": told.record, **who}
    if notice.kind == Kind.ASSIGNED:
        return _("%(who)s gave you %(record)s") % name, str(told.kind.label), url
    words = Words(viewer, told.record, ())
    fields = ", ".join(words.label(one) for one in told.fields)
    times = ngettext("%(n)s change", "%(n)s changes", notice.count) % {"n": notice.count}
    text = " · ".join(filter(None, (fields, times if notice.count > 1 else "")))
    return _("%(record)s: Changed by %(who)s") % name, text, url


def _ended(work: LongWork, notice: Notice) -> tuple[str, str, str]:
    kind = TYPES.get(work.kind)
    what = kind.title if kind is not None else ""
    if isinstance(work, BulkRun):
        title, place = _("A change of many records has ended"), "bulk"
    elif isinstance(work, Transfer) and work.direction == Transfer.Direction.OUT:
        title, place = _("An export has ended"), "exports"
    elif work.state == Transfer.State.CHECKED:
        title, place = _("An import is checked: decide"), "imports"
    else:
        title, place = _("An import has ended"), "imports"
    if isinstance(work, Transfer) and work.direction == Transfer.Direction.FOLDER:
        return title, what, reverse("takeover", args=[work.pk])
    url = kind.url(place, work.pk) if kind is not None else reverse("inbox")
    return title, " · ".join(filter(None, (what, work.problem))), url
