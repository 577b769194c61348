from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map

PRIVACY: Map = {
    "Loan": {
        **RECORD,
        **dict.fromkeys(
            (
                "name", "state", "firm", "lent_on", "deposit_minor", "currency", "weight",
                "insured", "notes",
            ),
            TECHNICAL,
        ),
    },
}  # fmt: skip
