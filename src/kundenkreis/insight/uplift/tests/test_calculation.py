from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from kundenkreis.insight.uplift.calculation import Calculation
from kundenkreis.insight.uplift.report import Given
from kundenkreis.kernel.errors import DomainError

GIVEN = Given("control", {}, {}, {}, {}, "EUR", fixed=False)
ANSWER = {
    "outcomes": [], "sample_ratio_p": 0.5, "verdict": "too_few", "earned": {}, "detectable": None,
}  # fmt: skip
SPEECH = f"import json; print(json.dumps({ANSWER} | {{'warnings': {{'en': ['y' * 1_000_000]}}}}))"
TELLING = (sys.executable, "-c", SPEECH)
FAILING = (sys.executable, "-c", "raise SystemExit('no numbers')")
SLOW = (sys.executable, "-c", "import time; time.sleep(60)")


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def test_the_answer_is_what_the_child_found_however_long_it_is() -> None:
    found = Calculation(GIVEN, program=TELLING).answer()
    assert found.sample_ratio_p == 0.5
    assert found.warnings == {"en": ["y" * 1_000_000]}


def test_a_failure_is_told_in_the_childs_last_words() -> None:
    with pytest.raises(DomainError) as failure:
        Calculation(GIVEN, program=FAILING).answer()
    assert failure.value.why == "no numbers"


def test_asking_whether_it_still_runs_does_not_wait() -> None:
    calculation = Calculation(GIVEN, program=SLOW)
    began = time.monotonic()
    assert calculation.running()
    assert time.monotonic() - began < 1
    calculation.close()


def test_a_child_that_takes_too_long_is_ended() -> None:
    calculation = Calculation(GIVEN, program=SLOW, seconds=0)
    assert not calculation.running()
    with pytest.raises(DomainError) as failure:
        calculation.answer()
    assert failure.value.why == "timeout"


def test_nothing_is_left_running_when_its_parent_ends() -> None:
    parent = f"""
from kundenkreis.insight.uplift.calculation import Calculation
from kundenkreis.insight.uplift.tests.test_calculation import GIVEN
print(Calculation(GIVEN, program={SLOW!r})._child._process.pid)
"""
    done = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, text=True, check=True
    )
    assert not alive(int(done.stdout))
