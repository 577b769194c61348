"""Search by the beginnings of words, in the fields a type names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

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


def matching(fields: tuple[str, ...], text: str) -> Q:
    """Every word must begin one of the fields, or a word of it."""
    found = Q()
    for word in clean(text).split()[:MAX_WORDS]:
        one = Q()
        # SQLite ignores case in ASCII only; the forms people type cover "ä" and "Ä".
        for form in dict.fromkeys((word, word.capitalize(), word.upper(), word.lower())):
            for name in fields:
                one |= Q(**{f"{name}__istartswith": form}) | Q(**{f"{name}__icontains": f" {form}"})
            if word.isascii():
                break
        found &= one
    return found


def searched(kind: RecordType, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows that match; none for text in a type that cannot be searched."""
    if not clean(text).strip():
        return rows
    return rows.filter(matching(kind.search, text)) if kind.search else rows.none()


def suggestions(kind: RecordType, viewer: Viewer, text: str) -> list[tuple[str, Any]]:
    """Records to choose from, each with the unique text that `references.found` understands."""
    rows = searched(kind, kind.rows(viewer), text)[:MAX_SUGGESTIONS]
    records = list(rows)
    titles = [str(record) for record in records]
    return [
        (title if titles.count(title) == 1 else f"{title} #{record.pk}", record)
        for title, record in zip(titles, records, strict=True)
    ]
