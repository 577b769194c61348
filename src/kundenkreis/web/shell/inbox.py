"""What a member of staff is told: mentions, tasks given to them, changes of what they follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from kundenkreis.crm.work import queries
from kundenkreis.crm.work.models import Notice
from kundenkreis.crm.work.panels import about_text
from kundenkreis.kernel import clock
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named
from kundenkreis.records.due import count_due
from kundenkreis.records.past.following import followed, news

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kundenkreis.kernel.access import Viewer

PAGE = 30
COUNTED = 99


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the inbox."""

    at: datetime
    who: str
    title: str
    text: str
    url: str
    icon: str
    unread: bool = False


def inbox(viewer: Viewer, before: datetime | None) -> tuple[list[Item], datetime | None]:
    """A page of the inbox, latest first, and before when the next one begins (None at the end)."""
    read = queries.read_until(viewer)
    items = sorted(_items(viewer, None, before, PAGE + 1, read), key=lambda one: one.at)[::-1]
    more, items = len(items) > PAGE, items[:PAGE]
    return items, items[-1].at if more else None


def unread(viewer: Viewer) -> int:
    """How many lines have come since the inbox was last read, at most a hundred."""
    read = queries.read_until(viewer)
    return min(sum(1 for _item in _items(viewer, read, None, COUNTED + 1, read)), COUNTED + 1)


def due(viewer: Viewer) -> int:
    """How many of the viewer's tasks and next steps are due by now, at most a hundred."""
    today = clock.today(settings.COMPANY_ZONE)
    if not viewer.may(queries.RIGHT):
        return 0
    tasks = len(queries.due_tasks(viewer, today, COUNTED + 1))
    return min(tasks + count_due(viewer, today, COUNTED + 1), COUNTED + 1)


def _items(
    viewer: Viewer, since: datetime | None, before: datetime | None, limit: int,
    read: datetime | None,
) -> Iterator[Item]:  # fmt: skip
    def is_new(at: datetime) -> bool:
        return read is None or at > read

    activity = named("activity")
    for notice in queries.notices(viewer, since=since, before=before, limit=limit):
        assigned = notice.reason == Notice.Reason.ASSIGNED
        title = _("%(who)s gave you a task") if assigned else _("%(who)s mentioned you")
        yield Item(
            notice.at,
            notice.by,
            title % {"who": notice.by},
            " · ".join(filter(None, (str(notice.activity), about_text(notice.activity)))),
            activity.url(notice.activity_id),
            "square-check" if assigned else "at-sign",
            is_new(notice.at),
        )
    for side in Side:
        marked = followed(viewer, side)
        for one in news(viewer, marked, since=since, before=before, limit=limit):
            yield Item(
                one.at,
                one.who,
                _("%(record)s: %(what)s by %(who)s")
                % {"record": one.record, "what": one.what, "who": one.who},
                ", ".join(one.fields),
                one.kind.url(one.record.pk),
                one.icon,
                is_new(one.at),
            )
        for written in queries.written(viewer, marked, since=since, before=before, limit=limit):
            yield Item(
                written.created_at,
                "",
                f"{written.get_kind_display()}: {about_text(written)}",
                str(written),
                activity.url(written.pk),
                "notebook-pen",
                is_new(written.created_at),
            )
