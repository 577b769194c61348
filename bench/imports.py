"""Importing half a year of a real shop (`online-retail-h1`): seconds, memory, and the second time."""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench._product import MAIN, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, say

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KUNDENKREIS_SHARED_DATA") or ROOT.parent / "shared" / "data")
FILE = SHARED / "online-retail-h1" / "online_retail_2010-12_2011-05.csv.gz"
TOTAL = 3_706_827_64  # pence, as the data set's README states


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    if not FILE.exists():
        say(f"skipped: {FILE} is not here; KUNDENKREIS_SHARED_DATA names the folder of data sets")
        return
    with temporary_home(options.postgresql) as home:
        set_up()
        file = _part(home, int(options.lines))
        floor, lines = _bare(file, home)
        first, memory = _import(file)
        again, _ = _import(file)
        yield measured(f"import of {lines} order lines", first, "s", floor=floor)
        yield measured("importing the same file again", again, "s", floor=floor)
        yield measured("memory of the import, at most", memory, "MiB", at_most=300)
        if file == FILE:
            off = abs(_stored() - TOTAL)
            yield measured("what the orders' sum is off, in pence", off, at_most=0)


def _import(file: Path) -> tuple[float, float]:
    """Seconds and peak MiB of the command in a process of its own."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*MAIN, "import", "orders", str(file)], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the import ended with exit status {process.returncode}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def _part(home: Path, lines: int) -> Path:
    """The file, or its first lines."""
    if not lines:
        return FILE
    part = home / "part.csv"
    with gzip.open(FILE, "rt", newline="") as whole:
        part.write_text("".join(islice(whole, lines + 1)))
    return part


def _bare(file: Path, home: Path) -> tuple[float, int]:
    """Seconds to read the file and store its lines as they are; the number of lines."""
    began = time.monotonic()
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", newline="") as text, sqlite3.connect(home / "bare.db") as database:
        rows = csv.reader(text)
        names = [f'"{name}"' for name in next(rows)]
        database.execute(f"CREATE TABLE line ({', '.join(names)})")
        places = ", ".join("?" * len(names))
        done = database.executemany(f"INSERT INTO line VALUES ({places})", rows)  # noqa: S608
        lines = done.rowcount
    return time.monotonic() - began, lines


def _stored() -> int:
    from django.db.models import Sum

    from kundenkreis.crm.sales.models import Order

    return Order.objects.aggregate(total=Sum("net_minor"))["total"] or 0


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, lines=Size(0, 1_000, "lines to import, 0 for all")))
