"""Makes the weights of the duplicate search anew: `python -m tools.weights`.

For every way to agree it counts how often it occurs among true pairs (m) and among pairs of strangers
(u). A poorer way never weighs more than a better one: where the counts say otherwise, which few cases
do, neighbours are counted together. Sources: FEBRL 1 to 3 (persons, with their truth; `KUNDENKREIS_SHARED_DATA` names the folder)
and the made-up persons and organisations of `tools.made`. A share is the mean of the sources that
hold the fact. FEBRL 4, RLdata500, fake1000 and Fodors/Zagats are left for measuring.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import django

from tools.made.organisations import organisations
from tools.made.persons import persons
from tools.paths import ROOT

SHARED = Path(os.environ.get("KUNDENKREIS_SHARED_DATA") or ROOT.parent / "shared" / "data")
ROWS = 20_000
STRANGERS = 300_000
SEED = 4
Shares = dict[str, tuple[float, float]]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenkreis.config.settings.common")
    django.setup()
    from kundenkreis.crm.people.duplicates.fields import Kind
    from kundenkreis.crm.people.duplicates.weights import FILE

    if not (SHARED / "er-febrl").is_dir():
        print(f"FEBRL 1 to 3 are not in {SHARED}", file=sys.stderr)
        return 1
    sources = {
        Kind.PERSON: {
            **{f"FEBRL {number}": partial(febrl, number) for number in (1, 2, 3)},
            f"{ROWS} made-up persons": partial(persons, ROWS, SEED),
        },
        Kind.ORGANISATION: {f"{ROWS} made-up organisations": partial(organisations, ROWS, SEED)},
    }
    made: dict[str, Any] = {
        "made_by": "python -m tools.weights",
        "sources": {kind: list(each) for kind, each in sources.items()},
    }
    for kind, each in sources.items():
        made[kind] = mean([counted(kind, list(rows())) for rows in each.values()])
    FILE.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(FILE)
    return 0


def febrl(number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Whom each row is, and its facts without the social security number."""
    path = SHARED / "er-febrl" / f"dataset{number}.csv.gz"
    with gzip.open(path, "rt", newline="") as text:
        for row in csv.DictReader(text, skipinitialspace=True):
            truth = row.pop("rec_id").split("-")[1]
            yield truth, {key: value.strip() for key, value in row.items() if key != "soc_sec_id"}


def counted(kind: Any, rows: Sequence[tuple[str, Mapping[str, str]]]) -> dict[str, Shares]:
    """Comparison → level → (m, u) of one source."""
    from kundenkreis.crm.people.duplicates import table
    from kundenkreis.crm.people.duplicates.comparing import COMPARISONS
    from kundenkreis.crm.people.duplicates.engine import Resources, database
    from kundenkreis.crm.people.duplicates.fields import recognised
    from kundenkreis.crm.people.duplicates.folding import Row

    columns = recognised(dict.fromkeys(key for _, facts in rows for key in facts), kind)
    entries = (
        Row(str(at), gathered(facts, columns), truth) for at, (truth, facts) in enumerate(rows)
    )
    with database(Resources()) as connection:
        table.load(connection, kind, [entries])
        twins = connection.execute(
            "SELECT a.id, b.id FROM source a JOIN source b ON a.truth = b.truth AND a.id < b.id"
        ).fetchall()
        _pair_up(connection, "twins", twins)
        _pair_up(connection, "strangers", _strangers([truth for truth, _ in rows]))
        found = {}
        for comparison in COMPARISONS[kind]:
            m, u = (_shares(connection, comparison, name) for name in ("twins", "strangers"))
            if m and u:
                ways = [level.key for level in comparison.levels]
                found[comparison.key] = dict(zip(ways, zip(m, u, strict=True), strict=True))
        return found


def gathered(facts: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, list[str]]:
    """The values of each field."""
    values: dict[str, list[str]] = {}
    for column, field in columns.items():
        values.setdefault(field, []).append(facts.get(column, ""))
    return values


def _strangers(truths: Sequence[str]) -> list[tuple[int, int]]:
    dice, size = Random(SEED), len(truths)
    pairs = ((int(size * dice.random()), int(size * dice.random())) for _ in range(STRANGERS))
    return [(a, b) for a, b in pairs if truths[a] != truths[b]]


def _pair_up(connection: Any, name: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Make the table `name` with both rows of each pair side by side."""
    import pyarrow as pa

    left, right = zip(*pairs, strict=True)
    connection.register("chosen", pa.table({"l": left, "r": right}))
    columns = [column for column, *_ in connection.execute("DESCRIBE side").fetchall()]
    both = ", ".join(f"{side}.{column} AS {column}_{side}" for column in columns for side in "lr")
    connection.execute(
        f"CREATE TABLE {name} AS SELECT {both} FROM chosen"
        " JOIN side l ON l.id = chosen.l JOIN side r ON r.id = chosen.r"
    )
    connection.unregister("chosen")


def _shares(connection: Any, comparison: Any, pairs: str) -> list[float]:
    """How often each way holds, half a case added to each; nothing where the fact is never known."""
    last = len(comparison.levels) - 1
    cases = "".join(
        f" WHEN {level.condition} THEN {at}" for at, level in enumerate(comparison.levels[:-1])
    )
    rows = connection.execute(
        f"SELECT CASE WHEN {comparison.silent} THEN -1{cases} ELSE {last} END AS way, count(*)"
        f" FROM {pairs} GROUP BY way"
    ).fetchall()
    counts = {way: count for way, count in rows if way >= 0}
    total = sum(counts.values()) + 0.5 * (last + 1)
    return [(counts.get(way, 0) + 0.5) / total for way in range(last + 1)] if counts else []


def mean(sources: Sequence[dict[str, Shares]]) -> dict[str, Shares]:
    """The mean share over the sources that hold a fact, in falling order of weight."""
    found: dict[str, Shares] = {}
    for key in dict.fromkeys(key for each in sources for key in each):
        held = [each[key] for each in sources if key in each]
        shares = [
            (
                sum(one[way][0] for one in held) / len(held),
                sum(one[way][1] for one in held) / len(held),
            )
            for way in held[0]
        ]
        found[key] = dict(zip(held[0], falling(shares), strict=True))
    return found


def falling(shares: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Pool neighbours until m / u falls from each way to the next (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for m, u in shares:
        pools.append((m, u, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] < pools[-1][0] / pools[-1][1]:
            (a, b, one), (c, d, other) = pools[-2:]
            pools[-2:] = [(a + c, b + d, one + other)]
    return [(_rounded(m / size), _rounded(u / size)) for m, u, size in pools for _ in range(size)]


def _rounded(share: float) -> float:
    return float(f"{share:.4g}")


if __name__ == "__main__":
    sys.exit(main())
