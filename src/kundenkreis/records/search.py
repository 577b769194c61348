"""Search by the beginnings of words, in the fields a type names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from kundenkreis.kernel.access import readable_at
from kundenkreis.kernel.text import normal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MAX_WORDS = 5
MAX_SUGGESTIONS = 20


def clean(text: str) -> str:
    """Text from an address, as it may be asked for: one normal form, without NUL characters,
    which PostgreSQL refuses."""
    return normal(text.replace("\0", ""))[:200]


def matching(fields: Mapping[str, Q], text: str) -> Q:
    """Every word must begin one of the fields, or a word of it, where its condition holds."""
    found = Q()
    for word in clean(text).split()[:MAX_WORDS]:
        one = Q()
        # SQLite ignores case in ASCII only; the forms people type cover "ä" and "Ä".
        for form in dict.fromkeys((word, word.capitalize(), word.upper(), word.lower())):
            for name, known in fields.items():
                begins = Q(**{f"{name}__istartswith": form})
                one |= (begins | Q(**{f"{name}__icontains": f" {form}"})) & known
            if word.isascii():
                break
        found &= one
    return found


def searched(kind: RecordType, viewer: Viewer, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows that match; none for text in a type that cannot be searched.

    In related records only what the viewer may read of them is looked at.
    """
    if not clean(text).strip():
        return rows
    fields = {name: readable_at(viewer, kind.model, name) for name in kind.search}
    return rows.filter(matching(fields, text)) if fields else rows.none()


def suggestions(kind: RecordType, viewer: Viewer, text: str) -> list[tuple[str, Any]]:
    """Records to choose from, each with the unique text that `references.found` understands."""
    rows = searched(kind, viewer, kind.rows(viewer), text)[:MAX_SUGGESTIONS]
    records = list(rows)
    titles = [str(record) for record in records]
    return [
        (title if titles.count(title) == 1 else f"{title} #{record.pk}", record)
        for title, record in zip(titles, records, strict=True)
    ]
