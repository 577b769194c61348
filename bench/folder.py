"""Taking over a folder of mixed files: the five that are shipped, and five with thousands of rows."""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench._product import MAIN, set_up, temporary_home
from bench._tools import Figure, Size, main, measured
from kundenkreis.integrations.crm.folder import example

SAID = ["--source", "Bench", "--legal-basis", "contract", "--json"]
FIRST = [
    "Anna",
    "Bernd",
    "Carla",
    "Dieter",
    "Eva",
    "Frank",
    "Gerda",
    "Hans",
    "Ines",
    "Jörg",
    "Katrin",
    "Lars",
    "Maria",
    "Nils",
    "Olga",
    "Paul",
]
LAST = [
    "Ahrens",
    "Böhm",
    "Conrad",
    "Dorn",
    "Ebert",
    "Fink",
    "Götz",
    "Hafner",
    "Ilg",
    "Jung",
    "Kern",
    "Lorenz",
    "Möller",
    "Nagel",
    "Otto",
]
WORDS = [
    "Stahl",
    "Optik",
    "Druck",
    "Bau",
    "Licht",
    "Holz",
    "Glas",
    "Metall",
    "Papier",
    "Technik",
    "Garten",
    "Blumen",
    "Motor",
    "Kabel",
]
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
TOWNS = [("07743", "Jena"), ("99084", "Erfurt"), ("04109", "Leipzig"), ("01067", "Dresden")]


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql) as home:
        set_up()
        five = home / "five"
        example.write(five)
        seconds, memory, said = _take_over(five)
        yield measured("five contradictory files: from folder to base", seconds, "s", at_most=60)
        yield measured("their persons and organisations", _made(said), at_least=21, at_most=21)
        seconds = _run(["--undo", str(said["number"])])[0]
        yield measured("taking them back", seconds, "s", at_most=60)
        large = home / "large"
        expected = _write(large, int(options.rows))
        floor = _read(large)
        seconds, memory, said = _take_over(large)
        rows = sum(file["rows"] for file in said["files"])
        yield measured(f"five files of {rows} rows: from folder to base", seconds, "s", floor=floor)
        yield measured("memory of the command, at most", memory, "MiB", at_most=400)
        found = _new(said, "person")
        off = abs(found - expected) / expected * 100
        yield measured(f"persons made, off the true {expected}, in percent", off, at_most=2)


def _take_over(folder: Path) -> tuple[float, float, dict[str, Any]]:
    seconds, memory, output = _run([str(folder), *SAID])
    return seconds, memory, json.loads(output)


def _run(arguments: list[str]) -> tuple[float, float, str]:
    """Seconds, peak MiB and output of the command in a process of its own."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*MAIN, "import", "folder", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the command ended with exit status {process.returncode}")
    return time.monotonic() - began, usage.ru_maxrss / 1024, output


def _made(said: dict[str, Any]) -> int:
    return _new(said, "person") + _new(said, "organisation")


def _new(said: dict[str, Any], kind: str) -> int:
    return int(said["counts"].get(f"{kind}_new", 0))


def _write(folder: Path, rows: int) -> int:
    """Five lists of the same people, each with its own columns and half of them; how many there are."""
    folder.mkdir()
    rng = random.Random(4)
    people = [_person(rng, number) for number in range(rows // 2)]
    said: set[int] = set()
    for number, (names, columns) in enumerate(_LISTS):
        some = sorted(rng.sample(range(len(people)), max(1, rows // 5)))
        said |= set(some)
        with (folder / f"liste-{number}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(names.split(";"))
            writer.writerows([people[one][name] for name in columns.split()] for one in some)
    return len(said)


def _person(rng: random.Random, number: int) -> dict[str, str]:
    code, town = rng.choice(TOWNS)
    first, last = rng.choice(FIRST), rng.choice(LAST)
    firm = number // 3
    return {
        "first": first, "last": last, "whole": f"{last}, {first}",
        "mail": f"{first}.{last}.{number}@firma-{firm}.example".casefold().translate(ASCII),
        "phone": f"+49 30 231{number:06}", "firm": f"{WORDS[firm % len(WORDS)]} {firm} GmbH",
        "street": f"Werkstraße {firm}", "code": code if number % 3 else TOWNS[firm % 4][0],
        "town": town, "born": f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.{rng.randint(1950, 2000)}",
    }  # fmt: skip


_LISTS = (
    ("Vorname;Nachname;E-Mail;Telefon;Firma", "first last mail phone firm"),
    ("Name;Firma;E-Mail;Geburtsdatum", "whole firm mail born"),
    ("Telefon;Nachname;Vorname;Firma;E-Mail", "phone last first firm mail"),
    ("First name;Last name;Company;Email", "first last firm mail"),
    ("Firma;Ansprechpartner;Mobil;E-Mail;Straße", "firm whole phone mail street"),
)


def _read(folder: Path) -> float:
    """Seconds to read the files: what any import takes."""
    began = time.monotonic()
    for path in folder.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            sum(1 for _row in csv.reader(file, delimiter=";"))
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, rows=Size(10_000, 500, "rows in all five files together")))
