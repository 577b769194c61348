"""Makes the shipped postal codes anew: `python -m tools.places FOLDER`.

The folder has GeoNames' postal codes of Germany, Austria and Switzerland as `zipcodes.de.csv.gz` and
so on (CC BY 4.0: they may be passed on with attribution, which NOTICE and the map give). One line
per code: the code, the middle of its places, its state (ISO 3166-2), and the names of its places.

German codes of large customers (their state is a number there) have a company for a place, and
sometimes the place of its head office: their middle is only believed near other codes that begin
alike, and they get the name and the state of the nearest other code.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from math import cos, hypot, radians
from pathlib import Path
from statistics import median

from tools.paths import ROOT

SHIPPED = ROOT / "src/kundenkreis/crm/people/places/shipped"
LINES = 5_500  # of a file, so that each can still be read
FAR = 60  # km from the others that begin alike
Row = Mapping[str, str]
Point = tuple[float, float]
_NUMBER = re.compile(r"\s+\d+$")

_STATES = {
    "baden-württemberg": "BW", "bayern": "BY", "bavaria": "BY", "berlin": "BE", "land berlin": "BE",
    "brandenburg": "BB", "bremen": "HB", "hamburg": "HH", "hessen": "HE", "lower saxony": "NI",
    "mecklenburg-vorpommern": "MV", "mecklenburg-western pomerania": "MV", "niedersachsen": "NI",
    "nordrhein-westfalen": "NW", "rheinland-pfalz": "RP", "saarland": "SL", "sachsen": "SN",
    "saxony": "SN", "sachsen-anhalt": "ST", "saxony-anhalt": "ST", "schleswig-holstein": "SH",
    "thüringen": "TH", "thuringia": "TH",
}  # fmt: skip


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    for old in SHIPPED.glob("*.txt"):
        old.unlink()
    for country in ("DE", "AT", "CH"):
        path = folder / f"zipcodes.{country.lower()}.csv.gz"
        if not path.is_file():
            print(f"there is no {path}", file=sys.stderr)
            return 1
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            lines = list(_lines(country, list(csv.DictReader(text))))
        for number, part in enumerate(batched(lines, LINES), 1):
            (SHIPPED / f"{country}-{number}.txt").write_text("".join(part), encoding="utf-8")
        print(country, len(lines))
    return 0


def _lines(country: str, rows: Sequence[Row]) -> Iterator[str]:
    codes: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["state"]:
            codes[row["zipcode"]].append(row)
    middles = {code: _middle(some) for code, some in codes.items()}
    known = [code for code, some in codes.items() if not _large(some)]
    for code, some in sorted(codes.items()):
        where, said = middles[code], some
        if _large(some):
            where = _believed(code, middles, known)
            said = codes[_nearest(code, where, middles, known)][:1]
        places = "|".join(dict.fromkeys(_name(row) for row in said))
        state = _state(country, said[0])
        yield f"{code}\t{where[0]:.4f}\t{where[1]:.4f}\t{state}\t{places}\n"


def _middle(rows: Sequence[Row]) -> Point:
    return (
        median(float(row["latitude"]) for row in rows),
        median(float(row["longitude"]) for row in rows),
    )


def _large(rows: Iterable[Row]) -> bool:
    """Whether a code is a large customer's own."""
    return all(row["country_code"] == "DE" and row["state_code"].isdigit() for row in rows)


def _believed(code: str, middles: Mapping[str, Point], known: Sequence[str]) -> Point:
    said = middles[code]
    for length in (4, 3, 2):
        near = [middles[one] for one in known if one.startswith(code[:length])]
        if near:
            usual = median(one[0] for one in near), median(one[1] for one in near)
            return said if _km(said, usual) <= FAR else usual
    return said


def _km(a: Point, b: Point) -> float:
    return 111.2 * hypot(a[0] - b[0], (a[1] - b[1]) * cos(radians(a[0])))


def _nearest(code: str, where: Point, middles: Mapping[str, Point], known: Sequence[str]) -> str:
    """The nearest other code of the region, which begins with the same digit."""
    near = [one for one in known if one[0] == code[0]]
    return min(near, key=lambda one: _km(where, middles[one]))


def _name(row: Row) -> str:
    """The place without the number of its post office."""
    return _NUMBER.sub("", row["place"].strip())


def _state(country: str, row: Row) -> str:
    if country == "DE":
        return _STATES[row["state"].casefold()]
    return row["state_code"].removeprefix("0")


if __name__ == "__main__":
    sys.exit(main())
