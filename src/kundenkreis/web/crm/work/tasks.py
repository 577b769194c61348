"""What the page of tasks shows: one's own tasks, and the next steps of all records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kundenkreis.crm.work import panels, queries
from kundenkreis.crm.work.records import ACTIVITY
from kundenkreis.kernel import clock
from kundenkreis.records.due import due_steps
from kundenkreis.ui import formats
from kundenkreis.web.shell.steps import step_lines

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

MOST = 200
WEEK, DAY = 7, timedelta(days=1)


def my_tasks(viewer: Viewer, *, everybody: bool = False) -> dict[str, Any]:
    """The viewer's open tasks and next steps by when they are due, groups without any left out;
    with `everybody` also the next steps of others that they may read, after their own.
    """
    today = clock.today(settings.COMPANY_ZONE)
    soon = today + timedelta(days=WEEK)
    rows = queries.open_tasks(viewer)
    dated = list(rows.filter(due_on__isnull=False).order_by("due_on", "id")[:MOST])
    undated = list(rows.filter(due_on__isnull=True).order_by("id")[: MOST - len(dated)])
    steps = due_steps(viewer, limit=MOST)
    if everybody:
        steps += due_steps(viewer, limit=MOST, others=True)
    spans = (
        (_("Overdue"), date.min, today - DAY),
        (_("Today"), today, today),
        (_("Next seven days"), today + DAY, soon),
        (_("Later"), soon + DAY, date.max),
    )
    groups = [
        (
            title,
            [one for one in dated if one.due_on and first <= one.due_on <= last],
            [step for step in steps if first <= step[1].next_step_on <= last],
        )
        for title, first, last in spans
    ]
    groups.append((_("Without a day"), undated, []))
    return {
        "title": _("Tasks"),
        "title_icon": "list-todo",
        "summary": formats.number(len(dated) + len(undated) + len(steps)),
        "groups": [
            {
                "title": title,
                "lines": sorted(
                    [*panels.lines(viewer, tasks), *step_lines(viewer, planned)], key=_place
                ),
            }
            for title, tasks, planned in groups
            if tasks or planned
        ],
        "tabs": [
            {"label": _("Mine"), "url": reverse("tasks"), "current": not everybody},
            {
                "label": _("Next steps of all"),
                "url": f"{reverse('tasks')}?whose=all",
                "current": everybody,
            },
        ],
        "all_url": f"{ACTIVITY.url()}?kind=task&owner_id={viewer.user_id}",
        "new_url": ACTIVITY.url("new") if ACTIVITY.may(viewer, "create") else "",
    }


def _place(line: dict[str, Any]) -> tuple[bool, date]:
    """Where a line stands, a task or a next step: one's own first, each by its day."""
    if "activity" in line:
        return False, line["activity"].due_on or date.max
    return line["strange"], line["on"]
