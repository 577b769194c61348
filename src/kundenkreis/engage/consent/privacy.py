"""Why consents keep what they keep."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

# Proof is owed as long as the data is used, and until claims about it are barred (three years).
_PROOF = Use("proof of consent, GDPR Art. 7(1)", "6(1)(c)", "use+3y", "subject")

PRIVACY: Map = {
    "Purpose": {
        **RECORD,
        **dict.fromkeys(("slug", "label", "text", "basis"), TECHNICAL),
    },
    "ConsentEntry": {
        "id": TECHNICAL,
        **dict.fromkeys(
            (
                "namespace", "subject_kind", "subject", "purpose", "channel", "decision", "at",
                "recorded_at", "origin", "reference", "proof",
            ),
            _PROOF,
        ),
    },
    "ConsentState": {
        "id": TECHNICAL,
        **dict.fromkeys(
            ("namespace", "subject_kind", "subject", "purpose", "channel", "granted", "since"), _PROOF
        ),
    },
}  # fmt: skip
