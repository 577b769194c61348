"""Purposes and statements of consent as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.consent import panels, queries
from kundenkreis.engage.consent.models import ConsentEntry, Purpose
from kundenkreis.records import Column, Panel, RecordType, Section, extend, register

PURPOSE = register(
    RecordType(
        model=Purpose,
        slug="purposes",
        icon="scroll-text",
        query=queries.purposes,
        actions=frozenset({"create", "change", "export"}),  # what was consented to stays known
        order="slug",
        columns=(Column("label"), Column("slug", keep=True), Column("basis"), Column("changed_at")),
        sections=(Section(_("Facts"), ("label", Column("text", cell=panels.shown_text), "basis")),),
        form=("slug", "label", "text", "basis"),
        search=("slug", "label", "text"),
        filters=("basis",),
        about=_("What people's data is used for, in the words they are shown."),
    )
)

CONSENT = register(
    RecordType(
        model=ConsentEntry,
        slug="consents",
        icon="handshake",
        query=queries.statements,
        actions=frozenset({"export"}),  # the ledger only ever grows
        columns=(
            Column("subject"),
            Column("subject_kind", cell=panels.kind_text, text=panels.kind_text),
            Column("purpose", cell=panels.purpose_text, text=panels.purpose_text),
            Column("channel", cell=panels.channel_text, text=panels.channel_text, keep=True),
            Column("decision", cell=panels.decision_tag, text=panels.decision_text, keep=True),
            Column("at"),
            Column("origin"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    Column("purpose", cell=panels.purpose_text),
                    Column("channel", cell=panels.channel_text),
                    Column("subject_kind", cell=panels.kind_text),
                    "namespace",
                    "origin",
                    "at",
                    "recorded_at",
                ),
            ),
        ),
        look_up=queries.statements_of,
        filters=("decision", "origin"),
        tags=panels.decision_tags,
        panels=(Panel("proof", "consent/proof_panel.html", panels.proof_panel, "centre"),),
        about=_("What people allowed and withdrew, each statement with its proof."),
    )
)

extend(
    "profile",
    panels=[Panel("ledger", "consent/ledger_panel.html", panels.ledger_panel, position=60)],
)
