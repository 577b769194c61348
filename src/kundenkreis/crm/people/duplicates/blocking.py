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

from kundenkreis.crm.people.duplicates.fields import Kind

MOST = 80


@dataclass(frozen=True)
class Rule:
    """Parts of a key and what makes it finer, as SQL; `each`: a list of which each entry counts."""

    parts: tuple[str, ...]
    finer: tuple[str, ...] = ()
    each: str = ""


@dataclass(frozen=True)
class Blocked:
    """What came of it: pairs to compare, and rows whose key stayed too common."""

    pairs: int
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


def block(database: Any, kind: Kind, *, across: bool, most: int = MOST) -> Blocked:
    """Make the table `pair` (two row numbers, the smaller first) from the table `side`.

    Parameters: `across` compares only rows of different files; `most` rows may share a key.
    """
    database.execute("CREATE TABLE block (id BIGINT, key UBIGINT)")
    left_out = sum(_add(database, rule, number, most) for number, rule in enumerate(RULES[kind]))
    other = "AND a.id < boundary AND b.id >= boundary" if across else ""
    source = "block a JOIN block b ON a.key = b.key AND a.id < b.id"
    if across:
        source += ", (SELECT min(id) AS boundary FROM side WHERE file = 1)"
    database.execute(
        f"CREATE TABLE pair AS SELECT DISTINCT a.id AS join_key_l, b.id AS join_key_r,"
        f" '0' AS match_key FROM {source} WHERE true {other}"
    )
    database.execute("DROP TABLE block")
    ((pairs,),) = database.execute("SELECT count(*) FROM pair").fetchall()
    return Blocked(pairs, left_out)


def _add(database: Any, rule: Rule, number: int, most: int) -> int:
    """Add one rule's keys to `block`; how many rows have one that stayed too common."""
    rows = f"(SELECT *, unnest({rule.each}) AS entry FROM side)" if rule.each else "side"
    known = " AND ".join(f"({part}) IS NOT NULL" for part in rule.parts)
    finer = "".join(f", {part} AS finer{at}" for at, part in enumerate(rule.finer))
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT id, hash({number}, {', '.join(rule.parts)})"
        f" AS key{finer} FROM {rows} WHERE {known}"
    )
    count = "count(*) OVER (PARTITION BY key)"
    for at, _part in enumerate(rule.finer):
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT * REPLACE (CASE WHEN {count} > {most}"
            f" THEN hash(key, coalesce(finer{at}, '')) ELSE key END AS key) FROM keyed"
        )
    database.execute(
        f"INSERT INTO block SELECT DISTINCT id, key FROM keyed QUALIFY {count} <= {most}"
    )
    ((left_out,),) = database.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM keyed QUALIFY {count} > {most})"
    ).fetchall()
    database.execute("DROP TABLE keyed")
    return int(left_out)
