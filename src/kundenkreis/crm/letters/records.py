"""Letters, their paper and their templates as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.letters import commands, panels, queries
from kundenkreis.crm.letters.models import Letter, Letterhead, LetterTemplate
from kundenkreis.records import Column, Panel, RecordType, Section, extend, register

LETTERHEAD = register(
    RecordType(
        model=Letterhead,
        slug="letterheads",
        icon="stamp",
        order="name",
        query=queries.letterheads,
        columns=(Column("name"), Column("town", keep=True), Column("legal_form"), Column("iban")),
        sections=(
            Section(
                _("Sender"),
                ("name", "addition", "street", "postal_code", "town", "country", "phone", "email", "website"),
            ),
            Section(
                _("Particulars of business letters"),
                ("legal_form", "seat", "register_court", "register_number", "managers", "chair"),
            ),
            Section(_("Bank and tax"), ("bank", "iban", "bic", "vat_id", "tax_number")),
        ),
        search=("name", "town"),
        actions=frozenset({"create", "change", "remove", "export"}),
        panels=(
            Panel("letterhead", "letters/letterhead_panel.html", panels.letterhead_panel, "centre", 10),
        ),
        square=True,
        about=_("Whose paper letters are written on: the company's name, address and bank, and what the law asks of business letters."),
    )
)  # fmt: skip

TEMPLATE = register(
    RecordType(
        model=LetterTemplate,
        slug="letter-templates",
        icon="file-pen-line",
        order="name",
        query=queries.templates,
        columns=(Column("name"), Column("subject", keep=True), Column("sharing"), Column("owner_id")),
        sections=(Section(_("Facts"), ("name", "sharing", "is_notice", "subject", "body", "owner_id", "team_id")),),
        search=("name", "subject", "body"),
        filters=("sharing", "owner_id"),
        form=("name", "sharing", "is_notice", "subject", "body", "owner_id", "team_id"),
        tags=panels.template_tags,
        panels=(
            Panel("placeholders", "letters/placeholders_panel.html", panels.template_panel, "right", 10),
        ),
        square=True,
        about=_("Texts that letters begin with, for yourself, your team or everybody."),
    )
)  # fmt: skip

LETTER = register(
    RecordType(
        model=Letter,
        slug="letters",
        icon="mail-open",
        query=queries.letters,
        removed=queries.removed_letters,
        order="-changed_at",
        columns=(
            Column("subject"),
            Column("recipient", _("Recipient"), panels.recipient_link, text=panels.recipient_text, keep=True),
            Column("state", cell=panels.state_tag, sort=("state",), text=panels.state_text, keep=True),
            Column("purpose"),
            Column("finished_at"),
            Column("owner_id"),
            Column("changed_at"),
        ),
        sections=(
            Section(
                _("Facts"),
                ("person", "organisation", "purpose", "letterhead", "finished_at", "owner_id", "team_id"),
            ),
            Section(_("Text"), ("subject", "body")),
        ),
        search=("subject", "body"),
        filters=("state", "purpose", "owner_id"),
        actions=frozenset({"create", "change", "remove", "export"}),
        create=commands.write_letter,
        change=commands.change_letter,
        form=("person", "organisation", "letterhead", "purpose", "subject", "body"),
        subtitle=panels.recipient_text,
        tags=panels.letter_tags,
        buttons=panels.letter_buttons,
        panels=(Panel("letter", "letters/letter_panel.html", panels.letter_panel, "centre", 10),),
        square=True,
        about=_("Letters on the company's paper. They are written from the page of a person or organisation, and stand in its timeline."),
    )
)  # fmt: skip

for name, slug in (("person", "persons"), ("organisation", "organisations")):
    extend(name, buttons=panels.write_button, many=panels.print_many(slug))
