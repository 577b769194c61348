"""People as marketing knows them, as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.profiles import finding, panels, queries
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.records import Column, Panel, RecordType, Section, register

PROFILE = register(
    RecordType(
        model=Profile,
        slug="profiles",
        icon="contact-round",
        query=queries.profiles,
        actions=frozenset({"change", "export"}),  # people come from events and go by retention
        order="-last_seen_at",
        columns=(
            Column("name", _("Profile"), cell=str, text=str),
            Column("email", _("E-mail or number"), panels.said, text=panels.said),
            Column("known", cell=panels.known_tag, text=panels.known_text, keep=True),
            Column("linked", _("In the CRM"), panels.linked_tag, text=panels.linked_text),
            Column("last_seen_at", keep=True),
            Column("created_at", _("First seen"), sort=("id",)),
        ),
        sections=(Section(_("Facts"), ("last_seen_at", "owner_id", "team_id")),),
        search=tuple(f"traits__{name}" for name in finding.TRAITS),
        look_up=finding.called,
        filters=("known", "owner_id"),
        tags=panels.profile_tags,
        subtitle=panels.said,
        panels=(
            Panel(
                "identifiers",
                "profiles/identifiers_panel.html",
                panels.identifiers_panel,
                "left",
                10,
            ),
            Panel("traits", "profiles/traits_panel.html", panels.traits_panel, "left", 20),
            Panel("facts", "profiles/facts_panel.html", panels.facts_panel, "left", 30),
        ),
        about=_(
            "Everybody marketing has met, often without a name: visitors and buyers of your "
            "websites. Whoever orders also becomes a person in the CRM, and the two are linked."
        ),
    )
)
