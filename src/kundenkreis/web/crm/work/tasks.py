"""What the page of one's own tasks shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from kundenkreis.crm.work import panels, queries
from kundenkreis.crm.work.records import ACTIVITY
from kundenkreis.kernel import clock
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.crm.work.models import Activity
    from kundenkreis.kernel.access import Viewer

MOST = 200
WEEK = 7


def my_tasks(viewer: Viewer) -> dict[str, Any]:
    """The viewer's open tasks by when they are due; groups without any are left out."""
    today = clock.today(settings.COMPANY_ZONE)
    soon = today + timedelta(days=WEEK)
    rows = queries.open_tasks(viewer)
    dated = list(rows.filter(due_on__isnull=False).order_by("due_on", "id")[:MOST])
    undated = list(rows.filter(due_on__isnull=True).order_by("id")[: MOST - len(dated)])
    groups: list[tuple[str, list[Activity]]] = [
        (_("Overdue"), [one for one in dated if one.due_on and one.due_on < today]),
        (_("Today"), [one for one in dated if one.due_on == today]),
        (_("Next seven days"), [one for one in dated if one.due_on and today < one.due_on <= soon]),
        (_("Later"), [one for one in dated if one.due_on and one.due_on > soon]),
        (_("Without a day"), undated),
    ]
    return {
        "title": _("Tasks"),
        "title_icon": "list-todo",
        "summary": formats.number(len(dated) + len(undated)),
        "groups": [
            {"title": title, "lines": panels.lines(viewer, found)}
            for title, found in groups
            if found
        ],
        "all_url": f"{ACTIVITY.url()}?kind=task&owner_id={viewer.user_id}",
        "new_url": ACTIVITY.url("new") if ACTIVITY.may(viewer, "create") else "",
    }
