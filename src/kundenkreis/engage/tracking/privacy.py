"""Why tracking keeps what it keeps."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_SOURCE = Use("where events come from", "none")
_DID = Use(
    "understanding visits and showing offers that fit",
    "6(1)(a)",
    "25m",
    "profile",
    since="received_at",
)
# Older messages are refused. A repeat may be dated a day later, when a clock was corrected.
_ONCE = Use("counting a repeated message once", "6(1)(f)", "8d", since="at")
_ORDER = Use("counting a repeated order once", "6(1)(b)", "10y", "link_id", since="seen_at")
_BAD = Use("finding faults in a shop's reports", "6(1)(f)", "30d", "item", since="at")

PRIVACY: Map = {
    "Source": {
        **RECORD,
        **dict.fromkeys(
            (
                "name", "kind", "namespace", "write_key", "signing_key", "purpose", "origins",
                "is_active",
            ),
            _SOURCE,
        ),
    },
    "Event": {
        **dict.fromkeys(("id", "tx", "v"), TECHNICAL),
        **dict.fromkeys(
            (
                "source", "message_id", "profile", "type", "key", "occurred_at",
                "received_at", "value_minor", "currency", "properties",
            ),
            _DID,
        ),
    },
    "SeenMessage": dict.fromkeys(("id", "source_id", "message_id", "at"), _ONCE),
    "SeenOrder": dict.fromkeys(
        ("id", "namespace", "kind", "order_id", "at", "seen_at", "link_id"), _ORDER
    ),
    "RejectedItem": dict.fromkeys(("id", "source_id", "at", "reason", "item"), _BAD),
    "DailyCount": dict.fromkeys(
        ("id", "source_id", "day", "kind", "count"), Use("sums that name nobody", "none")
    ),
}  # fmt: skip
