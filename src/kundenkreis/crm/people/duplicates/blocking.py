"""Which pairs are compared at all: those that share a key, and no key is shared by too many.

A key is made of a rule's parts. One that more than `MOST` rows share (everybody in one house, every
Müller in Berlin) is made finer by the rule's next part until it is small enough; what even the last
part does not split is left out and counted. So n rows give at most n × rules × MOST / 2 pairs.
"""

# ruff: noqa: S608 - the SQL is made of our own words

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kundenkreis.crm.people.duplicates.deciding import worth_scoring
from kundenkreis.crm.people.duplicates.fields import Kind

MOST = 80
LARGE, FEWEST = 50_000, 10
PIECE = 200_000
"""So many rows are paired with all others at a time."""


@dataclass(frozen=True)
class Rule:
    """Parts of a key and what makes it finer, as SQL; `each`: a list of which each entry counts."""

    parts: tuple[str, ...]
    finer: tuple[str, ...] = ()
    each: str = ""


@dataclass(frozen=True)
class Blocked:
    """What came of it: pairs with a key in common, those of them that are worth scoring, and rows
    whose key stayed too common."""

    pairs: int
    worth: int
    left_out: int


MONTH, DAY = "substr(birth, 5, 2)", "substr(birth, 7, 2)"
REACH = (
    Rule(("entry",), ("left(postcode, 3)",), each="emails"),
    Rule(("right(entry, 7)",), ("left(postcode, 3)",), each="phones"),
    Rule(("entry",), each="numbers"),
)
RULES: Mapping[Kind, tuple[Rule, ...]] = {
    Kind.PERSON: (
        Rule(
            ("least(first_code, last_code)", "greatest(first_code, last_code)"),
            ("left(birth, 4)", "left(postcode, 3)", "street", MONTH),
        ),
        Rule(
            ("left(birth, 4)", f"least({MONTH}, {DAY})", f"greatest({MONTH}, {DAY})"),
            ("least(left(first, 1), left(last, 1))", "last_code"),
        ),
        Rule(("last_code", "left(birth, 4)"), ("left(first_code, 1)", MONTH)),
        Rule(("first_code", "left(birth, 6)"), ("left(last, 1)", DAY)),
        Rule(("last_code", "postcode"), ("left(first, 1)", "street", "left(birth, 4)")),
        Rule(("first_code", "postcode"), ("left(last, 1)", "house", "left(birth, 4)")),
        Rule(("street", "house"), ("left(postcode, 3)", "left(last, 1)", "left(first, 1)")),
        Rule(("postcode", "left(birth, 4)"), (MONTH, "house")),
        Rule(("postcode", "house"), ("left(first, 1)", "left(last, 1)", MONTH)),
        Rule(("last_code", "company"), ("left(first, 1)",)),
        Rule(("split_part(own_mail, '@', 1)",), ("last_code",)),
        *REACH,
    ),
    Kind.ORGANISATION: (
        Rule(("sorted_name",), ("left(postcode, 3)", "place", "street")),
        Rule(("name_code", "coalesce(left(postcode, 3), place)"), ("street", "left(name, 6)")),
        Rule(("entry",), ("coalesce(left(postcode, 3), place)", "street"), each="words"),
        Rule(("street", "house"), ("coalesce(left(postcode, 3), place)", "left(name, 2)")),
        Rule(("entry",), ("left(postcode, 3)", "name_code"), each="domains"),
        Rule(("entry",), each="vat_ids"),
        *REACH,
    ),
}
# Among few there is time to compare persons who have little in common.
FEW = 5_000
LOOSE: Mapping[Kind, tuple[Rule, ...]] = {
    Kind.PERSON: (
        Rule(("first_code",), ("place",)),
        Rule(("last_code",), ("place",)),
        Rule(("place", "left(birth, 4)")),
        Rule(("place", MONTH)),
        Rule(("left(birth, 6)",), ("left(postcode, 1)",)),
        Rule(("split_part(emails[1], '@', 1)",)),
        Rule(("split_part(emails[1], '@', 2)",)),
    ),
    Kind.ORGANISATION: (),
}


def most_of(rows: int) -> int:
    """How many rows may share a key. In a large base chance meets everybody with more others, so
    its keys are made finer earlier: else pairs would grow with the square of the rows. Twins share
    several keys: at 300,000 rows 10 instead of 46 find 99.9 % of the same ones among a third of the
    pairs."""
    return max(FEWEST, int(MOST * min(1.0, LARGE / max(rows, 1))))


def block(
    database: Any, kind: Kind, *, across: bool, most: int = MOST, few: bool = False
) -> Blocked:
    """Make the table `pair` (two row numbers, the smaller first) from the table `side`.

    Left out are pairs of which a rule says that nobody needs to look. Parameters: `across` compares
    only rows of different files; `most` rows may share a key; of `few` rows more is compared.
    """
    database.execute("CREATE TABLE block (id BIGINT, key UBIGINT)")
    rules = (*RULES[kind], *LOOSE[kind]) if few else RULES[kind]
    left_out = sum(_add(database, rule, number, most) for number, rule in enumerate(rules))
    database.execute("CREATE TABLE pair (join_key_l BIGINT, join_key_r BIGINT)")
    ((last, boundary),) = database.execute(
        "SELECT coalesce(max(id), -1) + 1, min(id) FILTER (file = 1) FROM side"
    ).fetchall()
    other = f"AND a.id < {boundary or 0} AND b.id >= {boundary or 0}" if across else ""
    worth = worth_scoring(kind)
    # Piece by piece: all pairs at once, each perhaps found by several keys, would not fit.
    count = sum(
        _pair(database, worth, (start, start + PIECE), other) for start in range(0, last, PIECE)
    )
    database.execute("DROP TABLE block")
    ((worth_it,),) = database.execute("SELECT count(*) FROM pair").fetchall()
    return Blocked(count, int(worth_it), left_out)


def _pair(database: Any, worth: str, part: tuple[int, int], other: str) -> int:
    """Add the pairs of some rows to `pair`; how many they are with those left out."""
    database.execute(
        "CREATE OR REPLACE TEMP TABLE met AS SELECT DISTINCT a.id AS join_key_l,"
        f" b.id AS join_key_r FROM block a JOIN block b ON a.key = b.key AND a.id < b.id"
        f" WHERE a.id >= {part[0]} AND a.id < {part[1]} {other}"
    )
    left, right = (
        f"SELECT {', '.join(f'{name} AS {name}_{end}' for name in _columns(database))} FROM side"
        for end in "lr"
    )
    database.execute(
        "INSERT INTO pair SELECT join_key_l, join_key_r FROM met"
        f" JOIN ({left} WHERE id >= {part[0]} AND id < {part[1]}) ON id_l = join_key_l"
        f" JOIN ({right}) ON id_r = join_key_r WHERE {worth}"
    )
    ((count,),) = database.execute("SELECT count(*) FROM met").fetchall()
    database.execute("DROP TABLE met")
    return int(count)


def _columns(database: Any) -> list[str]:
    rows = database.execute("SELECT column_name FROM (DESCRIBE side)").fetchall()
    return [name for (name,) in rows]


def _add(database: Any, rule: Rule, number: int, most: int) -> int:
    """Add one rule's keys to `block`; how many rows have one that stayed too common."""
    rows = f"(SELECT *, unnest({rule.each}) AS entry FROM side)" if rule.each else "side"
    known = " AND ".join(f"({part}) IS NOT NULL" for part in rule.parts)
    finer = "".join(f", {part} AS finer{at}" for at, part in enumerate(rule.finer))
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT id, hash({number}, {', '.join(rule.parts)})"
        f" AS key{finer} FROM {rows} WHERE {known}"
    )
    left_out = _too_common(database, most)
    for at, _part in enumerate(rule.finer if left_out else ()):
        database.execute(
            "CREATE OR REPLACE TEMP TABLE keyed AS SELECT keyed.* REPLACE (CASE WHEN common.key IS NULL"
            f" THEN keyed.key ELSE hash(keyed.key, coalesce(finer{at}, '')) END AS key)"
            " FROM keyed LEFT JOIN common USING (key)"
        )
        left_out = _too_common(database, most)
        if not left_out:
            break
    database.execute(
        "INSERT INTO block SELECT DISTINCT id, key FROM keyed ANTI JOIN common USING (key)"
    )
    database.execute("DROP TABLE keyed; DROP TABLE common")
    return left_out


def _too_common(database: Any, most: int) -> int:
    """Make the table `common` of the keys that too many rows share; how many rows those are."""
    database.execute(
        "CREATE OR REPLACE TEMP TABLE common AS SELECT key, count(*) AS size FROM keyed"
        f" GROUP BY key HAVING count(*) > {most}"
    )
    ((rows,),) = database.execute("SELECT coalesce(sum(size), 0)::BIGINT FROM common").fetchall()
    return int(rows)
