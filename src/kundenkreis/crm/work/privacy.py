"""Why every column about daily work is kept."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_STEP = Use(
    "one view of what was done with a customer and what is to be done", "6(1)(f)", "3y", "person",
    since="changed_at", but="a task that is open",
)  # fmt: skip
_TOLD = Use("telling staff what concerns them", "6(1)(f)", "1y", "user_id", since="at")
_DRAFT = Use("not losing what is being written", "6(1)(f)", "30d", "user_id", since="changed_at")
_READ = Use("telling staff what concerns them", "6(1)(f)", "record", "user_id")

PRIVACY: Map = {
    "Activity": {
        **RECORD,
        **dict.fromkeys(("about_kind", "about_row"), TECHNICAL),
        **dict.fromkeys(
            ("kind", "text", "person", "organisation", "due_on", "at", "minutes", "is_done"), _STEP
        ),
        **dict.fromkeys(("done_at", "author_id"), _STEP),
    },
    "Notice": {
        "id": TECHNICAL,
        **dict.fromkeys(("user_id", "kind", "activity", "target", "by", "fields"), _TOLD),
        **dict.fromkeys(("count", "at", "read_at"), _TOLD),
    },
    "Draft": {
        "id": TECHNICAL,
        **dict.fromkeys(("user_id", "about_kind", "about_row", "typed", "changed_at"), _DRAFT),
    },
    "PushBrowser": {
        "id": TECHNICAL,
        **dict.fromkeys(("user_id", "endpoint", "key", "auth", "told_at"), _READ),
    },
    "NoticeSettings": dict.fromkeys(("user_id", "ways", "hour", "mailed_at"), _READ),
}
