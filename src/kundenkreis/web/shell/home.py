"""What the home page shows: what is due, what closes soon, what came in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kundenkreis.crm.accounts.company_commands import RIGHT
from kundenkreis.crm.accounts.company_queries import company, unused
from kundenkreis.crm.accounts.queries import absent_names, returned
from kundenkreis.crm.sales.queries import closing_soon, orders
from kundenkreis.crm.work.models import Activity
from kundenkreis.crm.work.panels import lines
from kundenkreis.crm.work.queries import due_tasks, meetings
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.records.due import due_steps
from kundenkreis.records.models import Mark
from kundenkreis.records.page.marks import marked
from kundenkreis.ui import formats
from kundenkreis.web.shell.steps import step_lines

CLOSING_DAYS = 14
SHOWN = 8
LATELY = 6


def my_day(viewer: Viewer) -> dict[str, Any]:
    """The tiles of the home page for this viewer; a tile whose right is missing is left out."""
    today = clock.today(settings.COMPANY_ZONE)
    steps = step_lines(viewer, due_steps(viewer, today))
    work = [*meetings_of(viewer, today), *due_tasks(viewer, today)]
    answers = company(viewer).answers
    closing = closing_soon(viewer, today + timedelta(days=CLOSING_DAYS), SHOWN)
    left_out = unused(answers)
    may_orders = viewer.may("crm.order.read") and "shop" not in left_out
    return {
        "title": _greeting(viewer),
        "title_icon": "house",
        "summary": formats.day(today),
        "today": today,
        "steps": steps,
        "work": lines(viewer, work),
        "due": len(work) + len(steps),
        "closing": closing,
        "may_opportunities": viewer.may("crm.opportunity.read") and "sales" not in left_out,
        "orders": list(orders(viewer).order_by("-placed_at", "-id")[:SHOWN]) if may_orders else [],
        "may_orders": may_orders,
        "shortcuts": _shortcuts(viewer),
        "lately": [
            {"name": str(one), "url": kind.url(one.pk), "square": kind.square, "kind": kind.label}
            for kind, one, _mark in marked(viewer, Mark.What.SEEN, LATELY)
        ],
        "absence": returned(viewer),
        "may_checklist": not answers and viewer.may(RIGHT),
        "standing_in": ", ".join(absent_names(viewer)),
    }


def meetings_of(viewer: Viewer, day: date) -> list[Activity]:
    """The viewer's meetings of a day in their own zone."""
    since = timezone.make_aware(datetime.combine(day, time.min))
    return meetings(viewer, since, since + timedelta(days=1))


def _shortcuts(viewer: Viewer) -> list[dict[str, str]]:
    offered = (
        ("crm.person.create", _("New person"), "/crm/persons/new/", "user-plus"),
        ("crm.organisation.create", _("New organisation"), "/crm/organisations/new/", "building-2"),
        ("crm.opportunity.create", _("New opportunity"), "/crm/opportunities/new/", "circle-plus"),
        ("crm.person.import", _("Import persons"), "/crm/persons/import/", "upload"),
        ("crm.person.import", _("Take over data"), "/crm/takeover/", "folder-input"),
    )
    return [
        {"label": label, "url": url, "icon": icon}
        for right, label, url, icon in offered
        if viewer.may(right)
    ]


def _greeting(viewer: Viewer) -> str:
    return _("Hello %(name)s") % {"name": viewer.name.split(" ")[0]}
