"""Why what people ask for by their rights is kept."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, Map, Use

# Claims about the answer are barred three years after the end of the year (§§ 195, 199 BGB).
_ASKED = Use(
    "answering what people ask for by their rights, and proof of it", "6(1)(c)", "4y", "person",
    since="changed_at", but="one that is open",
)  # fmt: skip

_ERASED = Use("proof that somebody was erased, and of what had to stay", "6(1)(c)")

_TOLD = Use(
    "telling people what is kept of them, and proof of it", "6(1)(c)", "90d", "person",
    since="changed_at",
)  # fmt: skip

_CORRECTED = Use("proof that a value was corrected", "6(1)(c)", "record", "person")

PRIVACY: Map = {
    "RectifiedValue": dict.fromkeys(
        ("id", "person", "request", "field", "at", "places"), _CORRECTED
    ),
    "Disclosure": {
        **RECORD,
        **dict.fromkeys(
            ("person", "request", "state", "language", "folder", "others", "shown"), _TOLD
        ),
        **dict.fromkeys(("rows", "size", "downloads", "expires_at", "problem"), _TOLD),
    },
    "Erasure": {
        **RECORD,
        **dict.fromkeys(
            ("person_number", "request", "state", "done_at", "scrubbed_at", "counts", "held"),
            _ERASED,
        ),
        **dict.fromkeys(("mentions", "problem"), _ERASED),
    },
    "DataRequest": {
        **RECORD,
        **dict.fromkeys(
            ("person", "kind", "state", "received_on", "received_by", "due_on", "wish"), _ASKED
        ),
        **dict.fromkeys(("extended_on", "extended_why", "identity"), _ASKED),
        **dict.fromkeys(("answered_on", "answer", "next_step", "next_step_on", "tags"), _ASKED),
    },
}
