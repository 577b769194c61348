"""Campaigns as records, and what they add to the pages of segments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns import commands, panels, queries
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.records import Column, Panel, RecordType, Section, register

STATE = Column("state", cell=panels.state_tag, sort=("state",), keep=True, text=panels.state_text)

CAMPAIGN = register(
    RecordType(
        model=Campaign,
        slug="campaigns",
        icon="megaphone",
        query=queries.campaigns,
        actions=frozenset({"create", "change", "remove", "export"}),
        columns=(
            Column("name"),
            STATE,
            Column("segment", keep=True),
            Column("started_at"),
            Column("ended_at"),
            Column("owner_id"),
            Column("changed_at"),
        ),
        sections=(
            Section(_("For whom"), ("name", "segment", "owner_id", "team_id")),
            Section(
                _("Measured how"),
                (
                    Column("control", _("Control group"), panels.control_text),
                    Column("window_hours", _("Orders count for"), panels.window_text),
                    "currency",
                    "horizon",
                    "started_at",
                    "ended_at",
                ),
            ),
        ),
        search=("name", "variants__offer__voucher"),
        filters=("state", "segment", "owner_id"),
        change=commands.change_campaign,
        remove=commands.remove_campaign,
        tags=panels.campaign_tags,
        buttons=panels.campaign_buttons,
        panels=(Panel("offer", "campaigns/offer_panel.html", panels.offer_panel, "centre", 30),),
        about=_(
            "A campaign shows an offer to people of a segment and measures against a control group "
            "what it earned."
        ),
    )
)
