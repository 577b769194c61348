"""Number ranges as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import NumberRange
from kundenkreis.records import Column, RecordType, Section, register

NUMBER_RANGE = register(
    RecordType(
        model=NumberRange,
        slug="number-ranges",
        icon="hash",
        order="of",
        columns=(
            Column("of"),
            Column("prefix", keep=True),
            Column("digits"),
            Column("next_number", keep=True),
            Column("automatic"),
        ),
        sections=(Section(_("Facts"), ("of", "prefix", "digits", "next_number", "automatic")),),
        form=("of", "prefix", "digits", "next_number", "automatic"),
        actions=frozenset({"create", "change", "remove"}),
        square=True,
        about=_(
            "From which numbers customers get theirs, and whether they get them by themselves."
        ),
    )
)
