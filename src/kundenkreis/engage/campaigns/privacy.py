"""Why campaigns keep what they keep."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_CONTENT = Use("content of the company's own campaigns", "none")
_MEASURED = "of a campaign that has not ended so long ago: its result rests on them"
_MEASURE = Use(
    "measuring the effect of offers against a control group",
    "6(1)(a)",
    "25m",
    "profile_id",
    since="at",
    but=_MEASURED,
)
_SEND = Use(
    "sending at most once, and never to the control group",
    "6(1)(a)",
    "25m",
    "profile_id",
    since="at",
    but=_MEASURED,
)

PRIVACY: Map = {
    "Campaign": {
        **RECORD,
        **dict.fromkeys(("token", "salt"), TECHNICAL),
        **dict.fromkeys(
            (
                "name", "segment", "state", "window_hours", "currency", "horizon",
                "started_at", "ended_at",
            ),
            _CONTENT,
        ),
    },
    "Variant": {
        **RECORD,
        **dict.fromkeys(("campaign", "slug", "label", "weight", "is_control"), _CONTENT),
    },
    "Offer": {
        **RECORD,
        **dict.fromkeys(
            ("variant", "title", "text", "button", "url", "voucher", "legal"), _CONTENT
        ),
    },
    "Assignment": dict.fromkeys(("id", "campaign_id", "profile_id", "variant_id", "at"), _MEASURE),
    "Exposure": dict.fromkeys(
        ("id", "campaign_id", "profile_id", "variant_id", "shown", "at"), _MEASURE
    ),
    "Delivery": dict.fromkeys(
        ("id", "campaign_id", "profile_id", "channel", "state", "reason", "at"), _SEND
    ),
}  # fmt: skip
