"""Why every column about webhooks is kept."""

from __future__ import annotations

from kundenkreis.kernel.privacy import TECHNICAL, Map, Use

_RECEIVER = Use("telling the company's other systems what changed", "6(1)(f)", "record", "owner_id")
_MESSAGE = Use(
    "telling the company's other systems what changed", "6(1)(f)", "30d", "target", since="noted_at"
)

PRIVACY: Map = {
    "Webhook": {
        **dict.fromkeys(
            ("id", "address", "kinds", "events", "secret", "former_secret", "former_until"),
            TECHNICAL,
        ),
        **dict.fromkeys(("since", "failures", "rests_until"), TECHNICAL),
        **dict.fromkeys(("name", "stopped", "owner_id"), _RECEIVER),
    },
    "Message": dict.fromkeys(
        (
            "id", "webhook", "uuid", "event", "target", "fields", "at", "state", "due_at", "until",
            "attempts", "tried_at", "status", "problem", "noted_at",
        ),
        _MESSAGE,
    ),
}  # fmt: skip
