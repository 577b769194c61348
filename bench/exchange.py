"""100,000 persons from a CSV file with duplicate check and audit, and out again as CSV and Excel."""

from __future__ import annotations

import argparse
import csv
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench._product import MAIN, set_up, temporary_home
from bench._tools import Figure, Size, main, measured

FULL = 100_000
HEAD = ["Anrede", "Vorname", "Nachname", "E-Mail", "Telefon", "Firma", "Kundennummer", "Sprache"]
OPTIONS = [
    *("--column", "Firma=organisation", "--make", "organisation", "--value", "source=Bench"),
    *("--value", "legal_basis=contract", "--key", "customer_number", "--key", "email"),
]


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    rows = int(options.rows)
    with temporary_home(options.postgresql) as home:
        set_up()
        file = people_file(home / "persons.csv", rows)
        floor = _bare(file, home)
        command = ["import", "records", "person", str(file), *OPTIONS]
        check = _run(*command, "--dry-run")
        whole = _run(*command)
        most = 60 if rows == FULL else None
        yield measured(f"import of {rows} persons", whole.wall, "s", floor=floor, at_most=most)
        yield measured("processor time of that", whole.cpu, "s")
        yield measured("a dry run, as before the review on the page", check.wall, "s")
        yield measured("processor time of that", check.cpu, "s")
        yield measured("memory of the import, at most", whole.memory, "MiB", at_most=300)
        again = _run(*command, "--mode", "both")
        yield measured("the same file again: nothing changes", again.wall, "s", floor=floor)
        yield measured("processor time of that", again.cpu, "s")
        yield from _exports(rows)


def _exports(rows: int) -> Iterator[Figure]:
    """Seconds to write all of them; in this process, as the worker does."""
    from django.http import QueryDict

    from kundenkreis.kernel.access import system
    from kundenkreis.records import named
    from kundenkreis.records.exchange.exporting import csv_file, excel_file, export

    kind, actor = named("person"), system("bench")
    began = time.monotonic()
    lines = sum(text.count("\n") for text in csv_file(export(kind, actor, QueryDict(), "csv")))
    if lines <= rows:
        raise RuntimeError(f"{lines} lines are not {rows} persons")
    yield measured(f"export of {rows} persons as CSV", time.monotonic() - began, "s")
    began = time.monotonic()
    excel_file(export(kind, actor, QueryDict(), "xlsx")).close()
    yield measured("the same as Excel", time.monotonic() - began, "s")


class Cost(NamedTuple):
    """Seconds by the clock and of the processor, and peak MiB."""

    wall: float
    cpu: float
    memory: float


def _run(*arguments: str) -> Cost:
    """What a command costs in a process of its own."""
    began = time.monotonic()
    process = subprocess.Popen([*MAIN, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the import ended with exit status {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(time.monotonic() - began, cpu, usage.ru_maxrss / 1024)


def people_file(path: Path, rows: int) -> Path:
    """A CSV file of that many people with their companies, as `OPTIONS` import it."""
    dice = random.Random(20261127)
    first = ["Jana", "Petra", "Markus", "Uwe", "Sören", "Ayşe", "Łukasz", "Zoë"]
    last = ["Weiß", "Müller", "Kern", "Tann", "Öztürk", "Groß", "Lange", "Vogel"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEAD)
        for n in range(rows):
            name = dice.choice(last) + f"-{n % 977}"
            firm = f"Firma {dice.randrange(max(rows // 20, 1))} GmbH"
            writer.writerow(
                ["Frau", dice.choice(first), name, f"p{n}@example.org", f"030 {1_000_000 + n}", firm,
                 f"K-{n}", "Deutsch"]
            )  # fmt: skip
    return path


def _bare(file: Path, home: Path) -> float:
    """Seconds to read the file and store its rows as they are."""
    began = time.monotonic()
    with file.open(newline="") as text, sqlite3.connect(home / "bare.db") as database:
        rows = csv.reader(text, delimiter=";")
        database.execute(
            f"CREATE TABLE person ({', '.join(f'c{n}' for n, _ in enumerate(next(rows)))})"
        )
        places = ", ".join("?" * len(HEAD))
        database.executemany(f"INSERT INTO person VALUES ({places})", rows)  # noqa: S608
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, rows=Size(FULL, 1_000, "persons in the file")))
