"""The four public sets with a known truth: precision and recall, printed with `pytest -s`.

The weights are of FEBRL 1 to 3 and made-up data; none of these four made them.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Shared = Callable[[str], Path]
Measured = Callable[..., tuple[float, float]]


def rows(path: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text, skipinitialspace=True)


def with_truth(source: Path, target: Path, truth: Callable[[Mapping[str, str]], str]) -> str:
    """Write the file again, with a column that says who is the same."""
    found = [{**row, "truth": truth(row)} for row in rows(source)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    return str(target)


@pytest.fixture
def measured(command: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> Measured:
    def measuring(name: str, *words: str) -> tuple[float, float]:
        assert command("duplicates", *words, "--json") == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        with capsys.disabled():
            counts = answer["counts"]
            print(  # noqa: T201
                f"\n{name:<14} precision {answer['precision']:.4f}  recall {answer['recall']:.4f}"
                f"  with those to look at {counts['true_pairs_same_or_review']}"
                f" of {counts['true_pairs']}, {counts['review']} to look at;"
                f" merged one after the other {answer['together']['precision']:.4f}"
                f" and {answer['together']['recall']:.4f}"
            )
        assert answer["together"]["recall"] >= answer["recall"]
        assert answer["together"]["precision"] >= 0.95
        return answer["precision"], answer["recall"]

    return measuring


def test_febrl_4(shared_data: Shared, tmp_path: Path, measured: Measured) -> None:
    folder = shared_data("er-febrl")
    one, other = (
        with_truth(
            folder / f"dataset4{part}.csv.gz",
            tmp_path / f"{part}.csv",
            lambda row: row["rec_id"].split("-")[1],
        )
        for part in "ab"
    )
    words = ("--with", other, "--id", "rec_id", "--truth", "truth")
    precision, recall = measured("FEBRL 4", one, *words)
    assert precision >= 0.99
    assert recall >= 0.974


def test_german_names(shared_data: Shared, measured: Measured) -> None:
    path = shared_data("er-rldata500") / "RLdata500.csv"
    precision, recall = measured("RLdata500", str(path), "--id", "rec_id", "--truth", "true_id")
    assert precision >= 0.99
    assert recall >= 0.85, "names and birth date only, with slips"


def test_persons_with_few_facts(shared_data: Shared, measured: Measured) -> None:
    path = shared_data("er-fake1000") / "fake_1000.csv"
    precision, recall = measured("fake1000", str(path), "--id", "unique_id", "--truth", "cluster")
    assert precision >= 0.99
    assert recall >= 0.58, "half of the facts are missing or wrong"


def test_restaurants_of_two_guides(shared_data: Shared, tmp_path: Path, measured: Measured) -> None:
    folder = shared_data("er-restaurants")
    pairs = rows(folder / "matches_fodors_zagats.csv")
    fodors = {pair["zagats_id"]: pair["fodors_id"] for pair in pairs}
    one = with_truth(folder / "fodors.csv", tmp_path / "one.csv", lambda row: row["id"])
    other = with_truth(
        folder / "zagats.csv",
        tmp_path / "two.csv",
        lambda row: fodors.get(row["id"], f"zagats {row['id']}"),
    )
    words = ("--with", other, "--id", "id", "--truth", "truth")
    precision, recall = measured("Fodors/Zagats", one, *words)
    assert precision >= 0.95
    assert recall >= 0.95
