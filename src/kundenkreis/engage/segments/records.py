"""Segments as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.segments import commands, panels, queries
from kundenkreis.engage.segments.models import Segment
from kundenkreis.records import Column, Panel, RecordType, Section, extend, register

SEGMENT = register(
    RecordType(
        model=Segment,
        slug="segments",
        icon="list-filter",
        query=queries.segments,
        actions=frozenset({"create", "change", "remove", "export"}),
        columns=(
            Column("name"),
            Column(
                "state", cell=panels.state_tag, sort=("state",), keep=True, text=panels.state_text
            ),
            Column("size", keep=True),
            Column("refreshed_at"),
            Column("owner_id"),
            Column("changed_at"),
        ),
        sections=(Section(_("Facts"), ("name", "size", "refreshed_at", "owner_id", "team_id")),),
        search=("name",),
        filters=("state", "owner_id"),
        change=commands.change_segment,
        remove=commands.remove_segment,
        tags=panels.segment_tags,
        buttons=panels.segment_buttons,
        panels=(
            Panel(
                "definition", "segments/definition_panel.html", panels.definition_panel, "centre"
            ),
            Panel("members", "segments/members_panel.html", panels.members_panel),
        ),
        about=_("A segment is everybody who fulfils a definition at this moment."),
    )
)

extend(
    "profile",
    panels=[Panel("segments", "segments/segments_panel.html", panels.segments_panel, position=40)],
    vocabulary=panels.conditions_of_people,
)
