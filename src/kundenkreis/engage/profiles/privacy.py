"""Why profiles keep what they keep."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

# With the profile go the names it goes by, and its place in segments.
_LINKED = "somebody linked to the crm, as long as the crm knows them"
_SELF = Use(
    "recognising a visitor or customer", "6(1)(a)", "25m", "id", since="last_seen_at", but=_LINKED
)
_SAID = Use(
    "what the person or the shop said about them",
    "6(1)(a)",
    "25m",
    "id",
    since="last_seen_at",
    but=_LINKED,
)
_WHO = Use("recognising a visitor or customer", "6(1)(a)", "record", "profile")
_LINK = Use("one person on both sides, without their address as a key", "6(1)(b)", "record", "id")

PRIVACY: Map = {
    "Profile": {
        **RECORD,
        **dict.fromkeys(("canonical_id", "known", "last_seen_at"), _SELF),
        **dict.fromkeys(("traits", "trait_times"), _SAID),
        "restricted": Use("not using what must be kept but not used", "6(1)(c)", "record", "id"),
        "link_id": _LINK,
        "facts": Use("customer facts, each for its own purpose", "6(1)(f)", "record", "id"),
    },
    "Identifier": {
        "id": TECHNICAL,
        **dict.fromkeys(
            ("profile", "namespace", "kind", "value", "first_seen_at", "verified", "since"), _WHO
        ),
    },
    "FormerHolder": {
        "id": TECHNICAL,
        **dict.fromkeys(("identifier", "profile", "until"), _WHO),
    },
    "ProfileMerge": dict.fromkeys(
        ("id", "absorbed_id", "canonical_id", "at", "reason"),
        Use(
            "why two profiles became one, and how to undo it", "6(1)(f)", "25m", "canonical_id",
            since="at",
        ),
    ),
    # Staff may part what they merged for 30 days; that takes a moment to get here.
    "ProfileUnion": dict.fromkeys(
        ("profile", "into", "at", "before", "moved", "names"),
        Use(
            "parting two people again whom staff made one", "6(1)(f)", "35d", "profile", since="at"
        ),
    ),
}  # fmt: skip
