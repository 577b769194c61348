"""What the journeys start their products with."""

from __future__ import annotations

import subprocess
import sys

from tests.journeys.running import free_ports

CHOOSE = """
import os, sys
os.getpid = lambda: 4711
from tests.journeys.running import free_ports
print(*(free_ports() for _ in range(20)), flush=True)
sys.stdin.read()
"""


def test_two_runs_at_the_same_time_never_choose_the_same_ports() -> None:
    """Both begin to look at the same place, and neither has bound anything yet."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", CHOOSE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    chosen: list[str] = []
    for run in runs:
        assert run.stdout
        chosen += run.stdout.readline().split()
    for run in runs:
        run.communicate()
    assert len(chosen) == 40
    assert len(set(chosen)) == 40


def test_one_run_is_never_given_the_same_ports_twice() -> None:
    assert free_ports() != free_ports()
