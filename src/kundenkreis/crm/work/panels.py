"""What pages show of activities: cells, the composer, what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.accounts.queries import staff_choices
from kundenkreis.crm.work import queries
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.record import together
from kundenkreis.records import Tag, named
from kundenkreis.records.cells import linked
from kundenkreis.records.directory import Directory
from kundenkreis.records.page.next_step import Planned
from kundenkreis.records.page.once import once
from kundenkreis.ui import parts
from kundenkreis.ui.markup import markup

Kind = Activity.Kind
ICONS = {
    Kind.NOTE: "notebook-pen",
    Kind.TASK: "square-check",
    Kind.CALL: "phone",
    Kind.MEETING: "calendar-days",
}
TONES = {Kind.NOTE: "", Kind.TASK: "blue", Kind.CALL: "green", Kind.MEETING: "violet"}


def about_of(activity: Activity) -> Any:
    """The record an activity is about, else its person or organisation; read at once for a list."""
    if not activity.about_kind:
        return activity.person or activity.organisation
    if "_about" not in activity.__dict__:
        peers = [one for one in together(activity, "_about") if one.about_kind]
        for name in {one.about_kind for one in peers}:
            own = [one for one in peers if one.about_kind == name]
            model = named(name).model._default_manager
            rows = model.in_bulk([one.about_row for one in own])
            for one in own:
                one.__dict__["_about"] = rows.get(one.about_row)
    return activity.__dict__["_about"]


def about_link(activity: Activity) -> SafeString | str:
    found = about_of(activity)
    return linked(found) if found else ""


def about_text(activity: Activity) -> str:
    return str(about_of(activity) or "")


def kind_tag(activity: Activity) -> SafeString:
    return parts.tag(activity.get_kind_display(), TONES.get(Kind(activity.kind), ""))


def kind_text(activity: Activity) -> str:
    return str(activity.get_kind_display())


def title_text(activity: Activity) -> str:
    return str(activity)


def tick(activity: Activity) -> SafeString | str:
    """The circle of a task: pressed, it is done; pressed again, it is open once more."""
    if activity.kind != Kind.TASK:
        return ""
    label = _("Open again") if activity.is_done else _("Done")
    return markup(
        '<button type="button" class="button ghost small icon-only tick" aria-pressed="{}"'
        ' aria-label="{}" title="{}" hx-post="{}" hx-swap="outerHTML">{}</button>',
        "true" if activity.is_done else "false",
        _("%(what)s: %(task)s") % {"what": label, "task": activity},
        label,
        reverse("tick", args=[activity.pk]),
        parts.icon("circle-check" if activity.is_done else "circle"),
    )


def activity_tags(activity: Activity) -> Iterable[Tag]:
    yield Tag(activity.get_kind_display(), TONES.get(Kind(activity.kind), ""))
    if activity.kind == Kind.TASK and activity.is_done:
        yield Tag(gettext_lazy("done"), "green")
    elif is_late(activity):
        yield Tag(gettext_lazy("overdue"), "red")


def is_late(activity: Activity) -> bool:
    today = clock.today(settings.COMPANY_ZONE)
    return not activity.is_done and activity.due_on is not None and activity.due_on < today


def composer_panel(viewer: Viewer, record: Any) -> Mapping[str, Any] | None:
    """What can be entered about a record, with what the viewer has begun to write."""
    if not viewer.may("crm.activity.create"):
        return None
    return {
        "kinds": tuple((value, label, ICONS[Kind(value)]) for value, label in Kind.choices),
        "typed": {"kind": Kind.NOTE, "owner_id": viewer.user_id, **queries.draft(viewer, record)},
        "colleagues": staff_choices(viewer),
    }


upcoming = once(queries.upcoming)


def next_planned(viewer: Viewer, record: Any) -> Planned | None:
    """The first of what is still to be done about a record."""
    first = next(iter(upcoming(viewer, record)), None)
    if first is None:
        return None
    at = first.at.astimezone(ZoneInfo(settings.COMPANY_ZONE)).date() if first.at else None
    return Planned(first.text, first.due_on or at)


def upcoming_panel(viewer: Viewer, record: Any) -> Mapping[str, Any] | None:
    """What is still to be done about a record."""
    found = upcoming(viewer, record)
    if not found:
        return None
    return {"upcoming": lines(viewer, found)}


def lines(viewer: Viewer, found: Iterable[Activity]) -> list[dict[str, Any]]:
    """Activities as lines of a page: what, when, whose, and whether the viewer may tick them."""
    kind, found = named("activity"), list(found)
    directory = Directory(found)
    reached = kind.reached(viewer, "change", found)
    return [
        {
            "activity": one,
            "url": kind.url(one.pk),
            "icon": ICONS[Kind(one.kind)],
            "about": about_of(one),
            "owner": directory.name("owner_id", one.owner_id),
            "done": one.kind == Kind.TASK and one.is_done,
            "tick": tick(one) if may else "",
        }
        for one, may in zip(found, reached, strict=True)
    ]
