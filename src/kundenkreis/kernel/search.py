"""Full-text search over records: folded as German is typed, by beginnings and parts of words.

Müller is found by Mueller, Muller and muel; Straße by strasse; a telephone number however it is
written. Both databases get the same folded words, so both find the same.
"""

# ruff: noqa: S608, S611 - names are our own; every value is a parameter

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from itertools import chain, islice, product
from operator import and_
from typing import Any

from django.db import connections
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from kundenkreis.kernel import bulk
from kundenkreis.kernel.models import KIND_BITS, SearchDocument, document_number
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.text import unaccented
from kundenkreis.kernel.transactions import current

Matching = RawSQL  # a subquery of row numbers

MOST_WORDS = 8  # of a question
MOST_KEPT = 400  # of a document
LONGEST, LONGEST_NAME = 60, 200
NUMBER_FROM = 3  # digits
PARTS_FROM = 3  # characters: a trigram index knows no shorter parts
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[+(]?\d[\d ()/.\-]*\d")
_NO_DIGITS = re.compile(r"\D+")
_COUNTRY = re.compile(r"^(?:49|43|41)")


@dataclass(frozen=True, slots=True)
class Document:
    """What one record is found by: its own texts, and those of others that it names."""

    kind: str
    row: int
    name: str
    texts: Sequence[str] = ()
    others: Sequence[str] = ()
    owner_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """A kind of record and whose a viewer may find: everybody's, or some owners' and teams'.

    `everywhere`: also by what they say of others.
    """

    kind: str
    everything: bool
    everywhere: bool = True
    owner_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    rows: Collection[int] | QuerySet[Any] = frozenset()  # that are shared with the viewer


def words(text: str) -> list[str]:
    """The folded words of a text, and of numbers the digits alone, as they are dialled."""
    return list(_words(text))


@lru_cache(maxsize=4_096)  # an import says the same names again and again
def _words(text: str) -> tuple[str, ...]:
    found = [word[:LONGEST] for word in _WORD.findall(unaccented(text))]
    for number in _NUMBER.findall(text):
        digits = _dialled(number)
        if len(digits) >= NUMBER_FROM:
            found += [digits, _COUNTRY.sub("", digits)]
    return tuple(found)


def asked(text: str) -> list[str]:
    """The words of a question."""
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(unaccented(text))))[
        :MOST_WORDS
    ]


def questions(text: str) -> list[list[str]]:
    """The words of a question: as they stand, and with each number in any notation as one word."""
    found = [asked(text)]
    numbers = {number: _dialled(number) for number in _NUMBER.findall(text)}
    for number in (one for one, digits in numbers.items() if len(digits) >= NUMBER_FROM):
        text = text.replace(number, f" {numbers[number]} ")
    found.append(asked(text))
    return [words for number, words in enumerate(found) if words and words not in found[:number]]


def _dialled(number: str) -> str:
    """The digits that count: without what only some dial, the zeros in front and (0)."""
    return _NO_DIGITS.sub("", number.replace("(0)", "")).lstrip("0")


def answers(words_wanted: Sequence[str], name: str, known: Collection[str]) -> bool:
    """Whether words and a folded name answer a question, as the index would say."""
    if all(any(word.startswith(one) for word in known) for one in words_wanted):
        return True
    return all(len(one) >= PARTS_FROM and one in name for one in words_wanted)


def said(value: Any) -> Iterator[str]:
    """The texts in a value: those of every language, or all that a JSON column says."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from said(part)
    elif value not in (None, ""):
        yield str(value)


def keep(documents: Iterable[Document]) -> None:
    """Write documents anew; needs a unit of work in progress."""
    rows = []
    for one in documents:
        own, others = _joined([one.name, *one.texts]), _joined(one.others)
        name = unaccented(one.name)[:LONGEST_NAME]
        number = document_number(one.kind, one.row)
        rows.append((number, one.kind, one.row, one.owner_id, one.team_id, name, own, others))
    rows.sort()  # as the full-text index has them
    bulk.upsert(SearchDocument, _COLUMNS, rows, key=("kind", "row"), followed=True)


def _joined(texts: Sequence[str]) -> str:
    # Text by text: numbers of two of them are no number.
    found = dict.fromkeys(chain.from_iterable(map(_words, texts)))
    return " ".join(islice(found, MOST_KEPT))


def hold(kind: str, rows: Collection[int]) -> None:
    """Let nobody else write these documents until the transaction ends.

    Whoever reads the records after that sees what the other one has committed.
    """
    alias = current().side.alias
    if connections[alias].features.has_select_for_update:
        held = SearchDocument.objects.using(alias).filter(kind=kind, row__among=rows)
        list(held.order_by("pk").select_for_update().values_list("pk"))


def forget_orphans(kind: str, rows: QuerySet[Any]) -> None:
    """Take documents away whose records went past the door."""
    known = SearchDocument.objects.using(current().side.alias).filter(kind=kind)
    # Not "row NOT IN (…)": of a million rows PostgreSQL would read all anew for each.
    known.filter(~Exists(rows.order_by().filter(pk=OuterRef("row")))).delete()


def forget(side: Side, kind: str, rows: Iterable[int]) -> None:
    """Take documents away whose records are gone."""
    SearchDocument.objects.using(side.alias).filter(kind=kind, row__among=list(rows)).delete()


def called(side: Side, kind: str, names: Iterable[str]) -> list[int]:
    """The row numbers of one kind whose names are, folded, the same as any of these."""
    same = {unaccented(name)[:LONGEST_NAME] for name in names}
    known = SearchDocument.objects.using(side.alias).filter(kind=kind, name__among=same)
    return list(known.values_list("row", flat=True))


def rows_matching(side: Side, reach: Reach, text: str, *, parts: bool = True) -> Matching | None:
    """A subquery of the row numbers within reach that match; None for a text without any word.

    Without `parts` only words that begin so count.
    """
    found = _row_queries(side, reach, text)
    chosen = [query for step in found[: None if parts else 1] for query in step]
    values = [value for _sql, given in chosen for value in given]
    return _together(side, [sql for sql, _given in chosen], values) if chosen else None


def _together(side: Side, queries: list[str], values: list[Any]) -> Matching:
    sql = " UNION ALL ".join(queries)  # what is in both is in it: nobody counts these
    if connections[side.alias].vendor == "postgresql":
        # At once: it would rather ask record by record, and far underrates what that costs.
        sql = f"WITH found AS MATERIALIZED ({sql}) SELECT row FROM found"
    return RawSQL(sql, values)


def having(kind: str, row: OuterRef, word: str) -> Exists:
    """Whether a word of a record's own begins so; asked of each record, not of the index."""
    return Exists(SearchDocument.objects.filter(_begins("words", word), kind=kind, row=row))


def answering(side: Side, kind: str, text: str, *, parts: bool) -> Exists:
    """Whether a record answers a question as the index would say, asked of each record; without
    `parts` only words that begin so count."""
    found = Q(pk__in=[])
    for wanted in questions(text):
        begun = (_begins("words", word) | _begins("others", word) for word in wanted)
        found |= reduce(and_, begun)
        if parts and _has_parts(side, wanted):
            found |= reduce(and_, (Q(name__contains=word) for word in wanted))
    return Exists(SearchDocument.objects.filter(found, kind=kind, row=OuterRef("pk")))


def _begins(column: str, word: str) -> Q:
    return Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})


def rows_called(side: Side, reach: Reach, text: str) -> Matching | None:
    """A subquery of the row numbers within reach whose names have all words as parts; None where
    the database cannot tell."""
    found = [
        _rows(side, reach, *match)
        for wanted in questions(text)
        for match in _steps(side, wanted, everywhere=False)[1:]
    ]
    values = [value for _sql, given in found for value in given]
    return _together(side, [sql for sql, _given in found], values) if found else None


def few_rows(
    side: Side, reach: Reach, text: str, *, enough: int, limit: int
) -> tuple[set[int], bool]:
    """Row numbers within reach that match, all while there are at most `limit`; and whether words
    that begin so are more than `enough`: parts of names are not looked for then.

    The database stops as soon as it has one more, so this costs little however many match.
    """
    found: set[int] = set()
    listed = "json_agg" if connections[side.alias].vendor == "postgresql" else "json_group_array"
    for number, step in enumerate(_row_queries(side, reach, text)):
        for sql, values in step:
            with connections[side.alias].cursor() as cursor:
                # As one text: a row of its own for each number takes longer than finding it.
                cursor.execute(f"SELECT {listed}(row) FROM ({sql} LIMIT {limit + 1}) d", values)
                found.update(_numbers(*cursor.fetchone()))
        if len(found) > enough:
            return found, number == 0
    return found, False


def _numbers(text: Any) -> list[int]:
    found: list[int] = json.loads(text) if isinstance(text, str) else text
    return found or []


def these(side: Side, rows: Collection[int]) -> Matching:
    """A subquery of row numbers that are known, as one parameter."""
    if connections[side.alias].vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [sorted(rows)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(sorted(rows))])


def _row_queries(side: Side, reach: Reach, text: str) -> list[list[tuple[str, list[Any]]]]:
    """What to ask for row numbers: first for words that begin so, then for parts of names."""
    begun: list[Match] = []
    inside: list[Match] = []
    for wanted in questions(text):
        first, *others = _steps(side, wanted, reach.everywhere)
        begun.append(first)
        inside += others
    return [[_rows(side, reach, *match) for match in step] for step in (begun, inside) if step]


def _rows(
    side: Side, reach: Reach, source: str, match: str, words: list[Any]
) -> tuple[str, list[Any]]:
    if reach.everything and source != _PLAIN:
        row, kind = f"rowid >> {KIND_BITS}", f"rowid & {(1 << KIND_BITS) - 1}"
        sql = f"SELECT {row} AS row FROM {source} WHERE {match} AND {kind} = %s"
        return sql, [*words, document_number(reach.kind)]
    within, values = _within(side, [reach])
    return f"SELECT d.row FROM {_over(source)} WHERE {match} AND {within}", [*words, *values]


def find(side: Side, reaches: Sequence[Reach], text: str, limit: int) -> list[tuple[str, int]]:
    """Kind and row of what matches within reach, names that begin so first; at most `limit`.

    Of very many matches only some are looked at: ranking a word that a quarter of all records
    have would take longer than anybody waits. Parts of words are looked for where too few begin so.
    """
    found: dict[tuple[str, int], str] = {}
    for everywhere, wanted in product((True, False), questions(text)):
        some = [one for one in reaches if one.everywhere is everywhere]
        if not some:
            continue
        reach = _within(side, some)
        for match in _steps(side, wanted, everywhere):
            if len(found) < limit:
                found |= _candidates(side, *match, *reach)
    ranked = sorted(found.items(), key=lambda item: _distance(item[1], asked(text)))
    return [key for key, _ in ranked[:limit]]


_TABLE = "kernel_searchdocument"
_COLUMNS = ("id", "kind", "row", "owner_id", "team_id", "name", "words", "others")
_PLAIN = f"{_TABLE} d"
_CANDIDATES = 300

Match = tuple[str, str, list[Any]]  # what knows the documents, what must hold, its values


def _candidates(
    side: Side, source: str, match: str, words: list[Any], reach: str, values: list[Any]
) -> dict[tuple[str, int], str]:
    """Some documents that match, by kind and row; the database stops when it has enough."""
    with connections[side.alias].cursor() as cursor:
        cursor.execute(
            f"SELECT d.kind, d.row, d.name FROM {_over(source)} WHERE {match} AND {reach} "
            f"LIMIT {_CANDIDATES}",
            [*words, *values],
        )
        return {(kind, row): name for kind, row, name in cursor.fetchall()}


def _steps(side: Side, wanted: list[str], everywhere: bool) -> list[Match]:
    """Words that begin so; then names with such parts, where the database can tell."""
    parts = _has_parts(side, wanted)
    if connections[side.alias].vendor == "sqlite":
        begin = _prefixes(wanted, everywhere)
        found = [("kernel_search_words", "kernel_search_words MATCH %s", [begin])]
        if parts:
            inside = " AND ".join(f'"{word}"' for word in wanted)
            found.append(("kernel_search_parts", "kernel_search_parts MATCH %s", [inside]))
        return found
    text = "d.words || ' ' || d.others" if everywhere else "d.words"
    begin = " & ".join(f"{word}:*" for word in wanted)
    found = [(_PLAIN, f"to_tsvector('simple', {text}) @@ to_tsquery('simple', %s)", [begin])]
    if parts:
        likes = " AND ".join(["d.name LIKE %s"] * len(wanted))
        found.append((_PLAIN, f"({likes})", [f"%{word}%" for word in wanted]))
    return found


def _over(table: str) -> str:
    """The documents that an index of SQLite finds, beside it."""
    if table == _PLAIN:
        return table
    # CROSS JOIN: SQLite would rather walk through all documents of a kind first. The index holds
    # whose a document is, side by side: of very many that match, not each is read from its page.
    documents = f"{_TABLE} d INDEXED BY search_reach"
    return f"{table} CROSS JOIN {documents} ON d.id = {table}.rowid"


def _prefixes(wanted: list[str], everywhere: bool) -> str:
    begin = " ".join(f'"{word}"*' for word in wanted)
    return begin if everywhere else f"words : ({begin})"


def _has_parts(side: Side, wanted: list[str]) -> bool:
    """Whether the database can tell which names have these parts."""
    known = connections[side.alias].vendor == "sqlite" or _has_trigrams(side)
    return known and all(len(word) >= PARTS_FROM for word in wanted)


@cache
def _has_trigrams(side: Side) -> bool:
    with connections[side.alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
        return bool(cursor.fetchone()[0])


def _within(side: Side, reaches: Sequence[Reach]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    # No index helps to find a kind: PostgreSQL would read a million numbers of one beside the words.
    kind = "d.kind" if connections[side.alias].vendor == "sqlite" else "d.kind || ''"
    for reach in reaches:
        values.append(reach.kind)
        if reach.everything:
            parts.append(f"{kind} = %s")
            continue
        ways = {"owner_id": reach.owner_ids, "team_id": reach.team_ids, "row": reach.rows}
        some = {column: _among(side, ids) for column, ids in ways.items()}
        named = [f"d.{column} IN ({sql})" for column, (sql, _ids) in some.items() if sql]
        parts.append(f"({kind} = %s AND ({' OR '.join(named) or '1 = 0'}))")
        values += [one for _sql, ids in some.values() for one in ids]
    return f"({' OR '.join(parts)})", values


def _among(side: Side, ids: Collection[int] | QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    if isinstance(ids, QuerySet):
        sql, values = ids.query.get_compiler(side.alias).as_sql()
        return sql, values
    return ", ".join(["%s"] * len(ids)), sorted(ids)


def _distance(name: str, wanted: list[str]) -> tuple[int, int, str]:
    """How far a name is from what was asked: words it begins with, then how short it is."""
    own = _WORD.findall(name)
    missed = sum(not any(word.startswith(one) for word in own) for one in wanted)
    first = not (own and own[0].startswith(wanted[0]))
    return (missed * 2 + first, len(name), name)
