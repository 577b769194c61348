"""Duplicates in made-up persons and organisations: seconds, memory, precision and recall.

The base has households, namesakes, company addresses and switchboards (`tools.made`), with another
seed than those that weights and rules were made with.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench._product import MAIN
from bench._tools import Figure, Size, main, measured
from tools.made.organisations import organisations
from tools.made.persons import persons

SEED = 11
Made = Callable[[int, int], Iterator[tuple[str, Mapping[str, str]]]]


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    makers: dict[str, Made] = {"persons": persons, "organisations": organisations}
    for name, make in makers.items():
        rows = int(options.rows)
        with TemporaryDirectory() as folder:
            file = Path(folder) / "base.csv"
            _write(file, make(rows, SEED))
            floor = _read(file)
            seconds, memory, answer = _run(file)
        yield measured(f"duplicates among {rows} {name}", seconds, "s", floor=floor)
        yield measured("memory of it, at most", memory, "MiB", at_most=2_000)
        yield measured(f"precision among {name}", answer["precision"], at_least=0.99)
        yield measured(f"recall among {name}", answer["recall"], at_least=0.9)
        compared = answer["counts"]["compared"] / rows
        yield measured(f"pairs compared per row of {name}", compared)


def _write(path: Path, rows: Iterator[tuple[str, Mapping[str, str]]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        held = [{"id": str(at), "truth": truth, **facts} for at, (truth, facts) in enumerate(rows)]
        names = dict.fromkeys(name for row in held for name in row)
        writer = csv.DictWriter(file, list(names), restval="")
        writer.writeheader()
        writer.writerows(held)


def _read(path: Path) -> float:
    """Seconds to read the file."""
    began = time.monotonic()
    with path.open(encoding="utf-8", newline="") as file:
        sum(1 for _ in csv.reader(file))
    return time.monotonic() - began


def _run(path: Path) -> tuple[float, float, dict[str, Any]]:
    """Seconds, peak MiB and answer of the command in a process of its own."""
    words = ["analyse", "duplicates", str(path), "--id", "id", "--truth", "truth", "--json"]
    answer = path.with_suffix(".json")
    began = time.monotonic()
    with answer.open("wb") as out:
        process = subprocess.Popen([*MAIN, *words, "--limit", "10"], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the search ended with exit status {process.returncode}")
    found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return time.monotonic() - began, usage.ru_maxrss / 1024, found


if __name__ == "__main__":
    raise SystemExit(main(measure, __doc__, rows=Size(100_000, 5_000, "rows of each kind")))
