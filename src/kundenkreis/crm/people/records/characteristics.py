"""What is known of people, as records."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import panels
from kundenkreis.crm.people.models import Characteristic
from kundenkreis.kernel import clock
from kundenkreis.records import Column, RecordType, Section, register

CHARACTERISTIC = register(
    RecordType(
        model=Characteristic,
        slug="characteristics",
        icon="heart",
        columns=(
            Column("text"),
            Column("person", keep=True),
            Column("kind", keep=True),
            Column("origin"),
            Column("source", cell=panels.source_tag, sort=("source",), text=panels.source_text),
            Column("learned_on"),
        ),
        sections=(
            Section(
                _("Facts"),
                ("text", "person", "kind", "origin", "source", "legal_basis", "learned_on", "owner_id"),
            ),
        ),
        search=("text", "source"),
        filters=("kind", "origin", "source"),
        brief=("kind", "source"),
        preset=lambda viewer: {"learned_on": clock.today(settings.COMPANY_ZONE)},
        form=("person", "kind", "text", "origin", "source", "legal_basis", "learned_on"),
        square=True,
        about=_("What people prefer, what concerns them, how they live: each with its source and what allows us to keep it."),
    )
)  # fmt: skip
