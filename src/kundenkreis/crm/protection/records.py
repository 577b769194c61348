"""Requests of persons as records, and what they add to a person's page."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.protection import commands, panels
from kundenkreis.crm.protection.models import DataRequest, Disclosure, Erasure
from kundenkreis.kernel import clock
from kundenkreis.records import Column, Panel, RecordType, Section, extend, register

DATA_REQUEST = register(
    RecordType(
        model=DataRequest,
        slug="data-requests",
        icon="scale",
        # What was asked and answered is proof: it goes when its time is over, and is brought by nobody.
        actions=frozenset({"create", "change", "export"}),
        order="due_on",
        columns=(
            Column("kind", keep=True),
            Column("person", keep=True),
            Column(
                "state", cell=panels.state_tag, sort=("state",), text=panels.state_text, keep=True
            ),
            Column("due_on", keep=True),
            Column("received_on"),
            Column("next_step"),
            Column("owner_id"),
            Column("answered_on", extra=True),
            Column("changed_at", extra=True),
        ),
        sections=(
            Section(
                _("Facts"),
                ("person", "kind", "received_on", "received_by", "identity", "wish", "owner_id"),
            ),
            Section(
                _("Course"),
                ("due_on", "extended_on", "extended_why", "answered_on", "answer"),
            ),
        ),
        search=("person__last_name", "person__first_name", "wish"),
        filters=("state", "kind", "owner_id"),
        brief=("state", "due_on"),
        create=commands.note_request,
        change=commands.change_request,
        preset=lambda viewer: {"received_on": clock.today(settings.COMPANY_ZONE)},
        form=("person", "kind", "received_on", "received_by", "wish", "identity", "owner_id"),
        tags=panels.request_tags,
        figures=panels.request_figures,
        buttons=panels.request_buttons,
        panels=(
            Panel(
                "rectified", "protection/rectified_panel.html", panels.rectified_panel, "centre", 5
            ),
        ),
        square=True,
        about=_("What people ask for by their rights: to know, to correct, to erase, to restrict, to take along, to object. Each is to be answered within a month."),
    )
)  # fmt: skip

ERASURE = register(
    RecordType(
        model=Erasure,
        slug="erasures",
        icon="eraser",
        actions=frozenset({"export"}),
        columns=(
            Column("person_number", keep=True),
            Column("state", keep=True),
            Column("created_at", keep=True),
            Column("done_at"),
            Column("scrubbed_at"),
            Column("request"),
            Column("owner_id"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "person_number",
                    "created_at",
                    "done_at",
                    "scrubbed_at",
                    "mentions",
                    "request",
                    "owner_id",
                    "problem",
                ),
            ),
        ),
        filters=("state", "owner_id"),
        brief=("state", "created_at"),
        tags=panels.erasure_tags,
        changes=frozenset(),
        square=True,
        about=_(
            "Who was erased on both sides, without a name: when, by whom, how much, and what the law wants kept."
        ),
    )
)

DISCLOSURE = register(
    RecordType(
        model=Disclosure,
        slug="disclosures",
        icon="package-open",
        actions=frozenset(),
        columns=(
            Column("person", keep=True),
            Column("state", keep=True),
            Column("created_at", keep=True),
            Column("expires_at"),
            Column("downloads"),
            Column("request"),
            Column("owner_id"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "person",
                    "request",
                    "created_at",
                    "rows",
                    "size",
                    "expires_at",
                    "downloads",
                    "owner_id",
                    "problem",
                ),
            ),
        ),
        filters=("state", "owner_id"),
        brief=("state", "created_at"),
        tags=panels.disclosure_tags,
        changes=frozenset(),
        square=True,
        about=_(
            "Everything that both sides hold about a person, as data and as pages, encrypted, for a week."
        ),
    )
)

extend(
    "person",
    buttons=panels.person_buttons,
    many=panels.inform_many,
    panels=[
        Panel("informed", "protection/informed_panel.html", panels.informed_panel, position=25),
        Panel(
            "restriction", "protection/restriction_panel.html", panels.restriction_panel,
            "centre", 1,
        ),
        Panel(
            "requests", "protection/requests_panel.html", panels.requests_panel, position=5,
            shows=("data_requests", "disclosures"),
        )
    ],
)  # fmt: skip
