"""Why segments keep what they keep."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_MEMBER = Use("choosing whom an action is for", "6(1)(a)", "record", "profile_id")
_WAKE = Use("keeping the membership true as time goes on", "6(1)(a)", "record", "profile_id")
_CONFIGURATION = Use("configuration, about nobody in particular", "none")

PRIVACY: Map = {
    "Segment": {
        **RECORD,
        **dict.fromkeys(
            ("name", "definition", "state", "size", "refreshed_at", "refresh_due_at"),
            _CONFIGURATION,
        ),
    },
    "Membership": {
        "id": TECHNICAL,
        **dict.fromkeys(("segment_id", "profile_id", "entered_at"), _MEMBER),
    },
    "Timer": {"id": TECHNICAL, **dict.fromkeys(("segment_id", "profile_id", "due_at"), _WAKE)},
    "Recheck": {"id": TECHNICAL, **dict.fromkeys(("profile_id", "cause"), _WAKE)},
}
