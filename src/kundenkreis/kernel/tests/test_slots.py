"""Places are shared by all processes and threads, and waiting for one has an end."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from kundenkreis.kernel.errors import Overloaded
from kundenkreis.kernel.slots import Slots


def stay(folder: Path, places: int, log: str, turns: int) -> None:
    """Take a place a few times and note when it was taken and given back."""
    slots = Slots("work", places=places, waiting=9, patience=30)
    with (folder / log).open("a") as noted:
        for _turn in range(turns):
            with slots.one(folder):
                noted.write(f"{time.monotonic()} 1\n")
                time.sleep(0.01)
                noted.write(f"{time.monotonic()} -1\n")


def most_at_once(folder: Path, places: int) -> int:
    fork = multiprocessing.get_context("fork")
    each = [fork.Process(target=stay, args=(folder, places, f"log{n}", 4)) for n in range(6)]
    for one in each:
        one.start()
    for one in each:
        one.join()
    lines = [line.split() for log in folder.glob("log*") for line in log.read_text().splitlines()]
    assert len(lines) == 6 * 4 * 2
    inside = most = 0
    for _at, step in sorted((float(at), int(step)) for at, step in lines):
        inside += step
        most = max(most, inside)
    return most


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_no_more_than_the_places_are_taken_by_all_processes_together(tmp_path: Path) -> None:
    assert most_at_once(tmp_path, places=2) <= 2


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_the_control_with_more_places_is_seen(tmp_path: Path) -> None:
    assert most_at_once(tmp_path, places=6) > 2


def test_waiting_has_an_end(tmp_path: Path) -> None:
    slots = Slots("work", places=1, waiting=2, patience=0.05)
    with slots.one(tmp_path), pytest.raises(Overloaded), slots.one(tmp_path):
        pass
    with slots.one(tmp_path):
        pass  # given back


def test_who_finds_too_many_waiting_is_refused_at_once(tmp_path: Path) -> None:
    slots = Slots("work", places=1, waiting=1, patience=2.0)
    refused: list[float] = []

    def ask() -> None:
        begun = time.monotonic()
        try:
            with slots.one(tmp_path):
                pass
        except Overloaded:
            refused.append(time.monotonic() - begun)

    with slots.one(tmp_path):
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for one in threads:
            one.start()
        time.sleep(0.2)
        assert len(refused) == 2
    for one in threads:
        one.join()
    assert len(refused) == 2  # the one that waited had its turn
