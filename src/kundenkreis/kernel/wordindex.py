"""Which records have which words: an index over lists of words, such as tags.

The list itself is in the record; the index is derived from it, in the same transaction. So "has
the tag VIP" and "which tags are there" are quick however many records there are, and the same for
every list of words: `field` names a column, or a part of one (`custom.colours`).
"""

# ruff: noqa: S608 - names are our own; every value is a parameter

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import connections
from django.db.models import Exists, OuterRef, Q, QuerySet

from kundenkreis.kernel.folding import caseless
from kundenkreis.kernel.models import IndexedWord
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import current
from kundenkreis.kernel.words import LONGEST

CHUNK = 500
MOST_KNOWN = 1_000  # different words of a field
_TABLE = IndexedWord._meta.db_table

Lists = Mapping[str, Iterable[str]]  # the words of one record by field


def having(kind: str, field: str, words: Collection[str]) -> Q:
    """What holds of the records whose list has at least one of the words."""
    values = [caseless(word) for word in words]
    return Q(pk__in=_of(kind, field).filter(value__in=values).values("row"))


def lacking(kind: str, field: str, words: Collection[str] | None = None) -> Q:
    """What holds of the records whose list has none of the words, or none at all."""
    found = _of(kind, field).filter(row=OuterRef("pk"))
    if words is not None:
        found = found.filter(value__in=[caseless(word) for word in words])
    return Q(~Exists(found))


def keep(kind: str, lists: Mapping[int, Lists]) -> None:
    """Write the words of some records anew; needs a unit of work in progress."""
    rows = IndexedWord.objects.using(current().side.alias)
    wanted = {
        (pk, field, caseless(word)): word[:LONGEST]
        for pk, fields in lists.items()
        for field, words in fields.items()
        for word in words
    }
    known = {
        (one.row, one.field, one.value): one
        for one in rows.filter(kind=kind, row__among=list(lists))
    }
    stale = [one.pk for key, one in known.items() if wanted.get(key) != one.word]
    for start in range(0, len(stale), CHUNK):
        rows.filter(pk__in=stale[start : start + CHUNK]).delete()
    rows.bulk_create(
        [
            IndexedWord(kind=kind, field=field, value=value, word=word, row=pk)
            for (pk, field, value), word in wanted.items()
            if (one := known.get((pk, field, value))) is None or one.word != word
        ],
        batch_size=CHUNK,
    )


def in_use(side: Side, kind: str, field: str) -> list[str]:
    """The different words of all records' lists in order, each as somebody has written it.

    Jumps from word to word in the index: it costs as much as there are different words.
    """
    next_one = f"SELECT min(value) FROM {_TABLE} WHERE kind = %s AND field = %s"
    sql = f"""
        WITH RECURSIVE found(value) AS (
            {next_one}
            UNION ALL
            SELECT ({next_one} AND value > found.value) FROM found WHERE found.value IS NOT NULL
        ), few AS (SELECT value FROM found WHERE value IS NOT NULL LIMIT {MOST_KNOWN})
        SELECT (SELECT word FROM {_TABLE} one WHERE one.kind = %s AND one.field = %s
                AND one.value = few.value LIMIT 1)
        FROM few
    """
    with connections[side.alias].cursor() as cursor:
        cursor.execute(sql, [kind, field] * 3)
        return sorted((word for (word,) in cursor.fetchall()), key=caseless)


def _of(kind: str, field: str) -> QuerySet[IndexedWord]:
    return IndexedWord.objects.filter(kind=kind, field=field)
