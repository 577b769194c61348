"""Event sources and the log of events as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.consent.panels import purpose_text
from kundenkreis.engage.tracking import commands, panels, queries
from kundenkreis.engage.tracking.models import Event, Source
from kundenkreis.records import Column, Input, Panel, RecordType, Section, extend, register

PURPOSE = Column("purpose", cell=purpose_text, text=purpose_text)

SOURCE = register(
    RecordType(
        model=Source,
        slug="sources",
        icon="radio-tower",
        query=queries.sources,
        actions=frozenset({"create", "change", "export"}),  # its events name it for ever
        order="name",
        columns=(
            Column("name"),
            Column("kind", keep=True),
            Column("namespace"),
            PURPOSE,
            Column("write_key", cell=panels.key_code, text=panels.key_text),
            Column("is_active", keep=True),
        ),
        sections=(
            Section(
                _("Facts"),
                ("name", "kind", "namespace", PURPOSE, "origins", "is_active", "owner_id"),
            ),
        ),
        form=("name", "kind", "namespace", "purpose", "origins"),
        inputs=(Input("purpose", panels.purpose_field), Input("origins", panels.origins_field)),
        search=("name", "namespace"),
        filters=("kind", "is_active"),
        change=commands.change_source,
        tags=panels.source_tags,
        figures=panels.source_figures,
        buttons=panels.source_buttons,
        panels=(
            Panel("key", "tracking/key_panel.html", panels.key_panel, "centre", 10),
            Panel("rejected", "tracking/rejected_panel.html", panels.rejected_panel, "centre", 20),
        ),
        about=_("A source is a website or a server that reports what happens there."),
    )
)

EVENT = register(
    RecordType(
        model=Event,
        slug="events",
        icon="activity",
        query=queries.events,
        actions=frozenset({"export"}),  # the log is never rewritten
        columns=(
            Column("type", cell=str, text=str),
            Column("about", _("About"), panels.about, keep=True, text=panels.about),
            Column("profile", cell=panels.profile_link, text=panels.profile_name, keep=True),
            Column("value_minor"),
            Column("source"),
            Column("occurred_at", keep=True),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    Column("type"),
                    Column("profile", cell=panels.profile_link),
                    "value_minor",
                    "key",
                    "source",
                    "occurred_at",
                    "received_at",
                ),
            ),
        ),
        look_up=queries.events_under,
        filters=("type",),
        subtitle=panels.about,
        panels=(
            Panel(
                "properties", "tracking/properties_panel.html", panels.properties_panel, "centre"
            ),
        ),
        about=_("What people did, as the sources report it; newest first."),
    )
)

extend(
    "profile",
    panels=[Panel("events", "tracking/events_panel.html", panels.events_panel, "centre", 30)],
)
