from __future__ import annotations

from kundenkreis.records import Column, RecordType, Section, register
from kundenkreis.records.tests.plain.models import Loan

LOAN = register(
    RecordType(
        model=Loan,
        slug="loans",
        icon="package-open",
        order="name",
        columns=tuple(map(Column, ("name", "state", "firm", "lent_on", "deposit_minor"))),
        sections=(
            Section("Loan", ("name", "state", "firm", "lent_on", "deposit_minor", "weight")),
            Section("More", ("insured", "notes", "owner_id")),
        ),
        search=("name", "notes"),
        filters=("state", "insured", "tags"),
    )
)
