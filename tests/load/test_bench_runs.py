"""The benchmarks still run: each in its small size, whatever it measures."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.__main__ import NAMES, runs
from bench._tools import measured, number, percentile, table

ROOT = Path(__file__).parents[2]
OURS = [name for name in NAMES if name != "peer"]  # whose own set-up takes minutes
SECONDS = 240  # each; a machine that does other things at the same time needs patience

on_files = pytest.mark.skipif(
    os.environ.get("KUNDENKREIS_TEST_DATABASE") == "postgresql",
    reason="benchmarks bring their own database: once is enough",
)


def run(name: str, *arguments: str, prepared: Path) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "BENCH_PREPARED": str(prepared)}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *arguments],
        cwd=ROOT, env=known, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "prepared"
    done = run("prepare", str(folder), prepared=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@on_files
def test_it_runs_every_benchmark_in_small(prepared: Path, tmp_path: Path) -> None:
    def small(name: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / f"{name}.json"
        return run(name, "--small", "--json", str(file), prepared=prepared)

    with ThreadPoolExecutor(3) as pool:
        done = dict(zip(OURS, pool.map(small, OURS), strict=True))
    failed = {name: one.stderr[-3000:] for name, one in done.items() if one.returncode}
    assert not failed, failed
    for name in OURS:
        figures = json.loads((tmp_path / f"{name}.json").read_text())
        broken = [one["what"] for one in figures if one["value"] is None]
        assert not broken, f"{name}: {broken}"


def test_it_says_when_a_goal_is_missed() -> None:
    assert measured("slow", 101, "ms", at_most=100).met is False
    assert measured("quick", 100, "ms", at_most=100).met is True
    assert measured("few", 1_999, "/s", at_least=2_000).met is False
    assert measured("three times", 3.1, "ms", floor=1, at_most=100, times_floor=3).met is False
    assert measured("not measured", None, "ms", at_most=100).met is False
    assert measured("nan", math.nan, "ms", at_most=100).met is False
    assert measured("no goal", 5).met is None
    assert " NO" in table([measured("slow", 101, "ms", at_most=100)])


def test_it_takes_percentiles_that_were_measured() -> None:
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([7], 0.95) == 7
    assert math.isnan(percentile([], 0.5))


def test_it_writes_three_digits_that_matter() -> None:
    assert [number(value) for value in (0, 0.01234, 9.876, 1234.5, None)] == [
        "0", "0.0123", "9.88", "1 234", "–",
    ]  # fmt: skip


def test_what_a_million_records_cost_is_measured_on_both_databases() -> None:
    every = runs([], postgresql=False)
    assert [name for name, database in every if database == "SQLite"] == list(NAMES)
    assert ("pages", "PostgreSQL") in every
    assert runs(["pages"], postgresql=False) == [("pages", "SQLite")]
    assert set(runs([], postgresql=True)) == {(name, "PostgreSQL") for name in NAMES}
