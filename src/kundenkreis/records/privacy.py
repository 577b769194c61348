"""Why the record engine keeps what it keeps."""

from __future__ import annotations

from dataclasses import replace

from kundenkreis.kernel.privacy import TECHNICAL, Map, Use

_FILE = Use(
    "moving records between files and the company's own tables", "6(1)(f)", "30d", "user_id",
    since="changed_at",
)  # fmt: skip

_RUN = Use(
    "telling how a change of many records went", "6(1)(f)", "30d", "user_id", since="changed_at"
)
_OWN = Use("finding again what one works on", "6(1)(f)", "record", "user_id")

_SHAPE = Use(
    "sparing staff to say twice which column is which", "6(1)(f)", "3y", "user_id",
    since="changed_at",
)  # fmt: skip

_MERGE = Use("parting records again that are not the same", "6(1)(f)", "30d", "kept", since="at")

_OWN_VIEW = Use("looking at lists in a way of one's own", "6(1)(f)", "record", "owner_id")

PRIVACY: Map = {
    "Merge": {
        "id": TECHNICAL,
        **dict.fromkeys(
            ("kind", "kept", "gone", "title", "batch", "at", "actor", "moved", "given", "undone_at"), _MERGE
        ),
    },
    "FileShape": {
        "id": TECHNICAL,
        **dict.fromkeys(("user_id", "kind", "shape", "mapping", "changed_at"), _SHAPE),
    },
    "Transfer": {
        **dict.fromkeys(("id", "kind", "direction", "state", "position", "total"), TECHNICAL),
        **dict.fromkeys(("created_at", "changed_at", "folder", "batch"), TECHNICAL),
        **dict.fromkeys(("user_id", "asked", "found", "counts", "problem"), _FILE),
    },
    "Mark": {
        "id": TECHNICAL,
        **dict.fromkeys(("user_id", "what", "kind", "row", "at"), _OWN),
    },
    "PageLayout": dict.fromkeys(("id", "kind", "role", "sections", "hidden", "lists"), TECHNICAL),
    "SavedView": {
        **dict.fromkeys(("id", "kind", "name", "sharing", "team_id", "board"), TECHNICAL),
        **dict.fromkeys(("owner_id", "state"), _OWN_VIEW),
    },
    "FieldDefinition": dict.fromkeys(
        (
            "id", "kind", "key", "type", "label", "help", "options", "required", "unique",
            "filterable", "default", "section", "position", "purpose", "archived",
        ),
        TECHNICAL,
    ),
    "BulkRun": {
        **dict.fromkeys(("id", "kind", "state", "position", "total", "batch"), TECHNICAL),
        **dict.fromkeys(("created_at", "changed_at"), TECHNICAL),
        **dict.fromkeys(("user_id", "asked", "found", "counts", "problem"), _RUN),
    },
    "FieldWork": {
        **dict.fromkeys(("id", "kind", "state", "position", "total", "batch"), TECHNICAL),
        **dict.fromkeys(("created_at", "changed_at"), TECHNICAL),
        **dict.fromkeys(("user_id", "asked", "found", "counts", "problem"), _RUN),
    },
    "BulkFailure": dict.fromkeys(
        ("id", "run", "row", "name", "reason"), replace(_RUN, keep="record", person="row", since="")
    ),
}  # fmt: skip
