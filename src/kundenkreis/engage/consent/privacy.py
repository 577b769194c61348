"""Why consents keep what they keep."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

# Proof is owed as long as the data is used, and until claims about it are barred: three years from
# the end of the year. A profile is used for 25 months after its last visit, and a browser keeps a
# cookie for 13 at most; so seven years after a statement the proof of it has ended.
_PROOF = Use(
    "proof of consent, GDPR Art. 7(1)",
    "6(1)(c)",
    "7y",
    "subject",
    since="recorded_at",
    but="what was said of an address, a customer or a person, and of a cookie still in use: an "
    "objection counts as long as somebody could be contacted",
)
# Derived from the entries, and gone with the last of them.
_STATE = Use("respect of what was allowed", "6(1)(c)", "record", "subject")

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
            (
                "namespace", "subject_kind", "subject", "purpose", "channel", "granted", "since",
                "origin", "confirmed_at",
            ),
            _STATE,
        ),
    },
}  # fmt: skip
