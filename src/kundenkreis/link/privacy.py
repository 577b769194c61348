"""Why the link keeps what it keeps."""

from __future__ import annotations

from kundenkreis.kernel.privacy import TECHNICAL, Map, Use

_CARRIED = Use(
    "carrying what one side must tell the other",
    "6(1)(f)",
    "30d",
    "key",
    since="applied_at",
    but="until it is applied, given up by staff, or failed for good",
)

PRIVACY: Map = {
    "InboxMessage": {
        **dict.fromkeys(
            ("id", "uuid", "state", "aside", "received_at", "due_at", "attempts"), TECHNICAL
        ),
        **dict.fromkeys(("name", "key", "payload", "sent_at", "applied_at", "error"), _CARRIED),
    }
}
