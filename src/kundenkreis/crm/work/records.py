"""Activities as records, and what they add to the pages of persons and organisations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.work import commands, panels, queries
from kundenkreis.crm.work.models import Activity
from kundenkreis.records import Column, Panel, RecordType, Section, extend, register
from kundenkreis.records.page.next_step import planned_by

COMPOSER = Panel("composer", "work/composer_panel.html", panels.composer_panel, "centre", 80)
UPCOMING = Panel(
    "upcoming",
    "work/upcoming_panel.html",
    panels.upcoming_panel,
    "centre",
    85,
    shows=("activities",),  # the timeline has those that are done
)

ACTIVITY = register(
    RecordType(
        model=Activity,
        slug="activities",
        icon="list-todo",
        query=queries.activities,
        removed=queries.removed_activities,
        actions=frozenset({"create", "change", "remove", "export"}),
        order="-changed_at",
        columns=(
            Column("text", _("Activity"), panels.title_text, text=panels.title_text),
            Column("is_done", _("Done"), panels.tick, ("is_done",)),
            Column(
                "kind", cell=panels.kind_tag, sort=("kind",), text=panels.kind_text, keep=True
            ),
            Column("about", _("About"), panels.about_link, text=panels.about_text, keep=True),
            Column("due_on", keep=True),
            Column("at"),
            Column("owner_id"),
            Column("changed_at"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "text",
                    Column("about", _("About"), panels.about_link),
                    "kind",
                    "due_on",
                    "at",
                    "minutes",
                    "person",
                    "organisation",
                    "owner_id",
                    "team_id",
                    "done_at",
                ),
            ),
        ),
        search=("text",),
        filters=("kind", "owner_id", "is_done"),
        create=commands.add_activity,
        change=commands.change_activity,
        form=("kind", "text", "due_on", "at", "minutes", "person", "organisation", "owner_id"),
        subtitle=panels.about_text,
        tags=panels.activity_tags,
        square=True,
        about=_("Notes, tasks, calls and meetings with customers. Whoever it is assigned to finds it under “Tasks” and on the home page."),
    )
)  # fmt: skip

for name in ("person", "organisation"):
    extend(name, panels=(COMPOSER, UPCOMING))
    planned_by(name, panels.next_planned)
