"""A token has a rate: what it saved up may be used at once, then it waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings

from kundenkreis.api import limits
from kundenkreis.api.testing import Program
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH


def test_it_refills_as_time_goes_by(tmp_path: Path) -> None:
    def wait(token: int, rate: int) -> int:
        return limits.wait(tmp_path / "rates", token, rate)

    with clock.freeze("2026-11-28T12:00:00+00:00") as now:
        assert [wait(1, 2) for _ in range(21)] == [0] * 20 + [1]
        now.advance(seconds=0.5)
        assert [wait(1, 2), wait(1, 2)] == [0, 1]
        assert wait(2, 2) == 0
        now.advance(hours=1)
        assert [wait(1, 2) for _ in range(21)] == [0] * 20 + [1]
        assert wait(1, 0) == 0


ASK = """
import sys
from pathlib import Path
from kundenkreis.api import limits
from kundenkreis.kernel import clock
with clock.freeze("2026-11-28T12:00:00+00:00"):
    print(sum(limits.wait(Path(sys.argv[1]), 1, 10) == 0 for _ in range(100)))
"""


def test_all_processes_count_together(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert sum(int(run.communicate()[0]) for run in runs) == 100


@pytest.mark.django_db(databases=BOTH)
def test_who_is_too_fast_is_told_when_to_go_on(anna: Program, tmp_path: Path) -> None:
    with (
        clock.freeze("2026-11-28T12:00:00+00:00"),
        override_settings(API_RATE=1, API_RATES=tmp_path),
    ):
        answers = [anna.get("persons") for _ in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert answers[-1]["Retry-After"] == "1"
