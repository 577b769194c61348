from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from kundenkreis.insight.uplift.calculation import Calculation
from kundenkreis.kernel.errors import DomainError

ECHO = (sys.executable, "-c", "import sys; sys.stdout.write(sys.stdin.read())")
FAILING = (sys.executable, "-c", "raise SystemExit('no numbers')")
SLOW = (sys.executable, "-c", "import time; time.sleep(60)")


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def test_the_answer_is_what_the_child_found_however_long_it_is() -> None:
    given = {"text": "x" * 1_000_000}
    assert Calculation(given, program=ECHO).answer() == given


def test_a_failure_is_told_in_the_childs_last_words() -> None:
    with pytest.raises(DomainError) as failure:
        Calculation({}, program=FAILING).answer()
    assert failure.value.why == "no numbers"


def test_asking_whether_it_still_runs_does_not_wait() -> None:
    calculation = Calculation({}, program=SLOW)
    began = time.monotonic()
    assert calculation.running()
    assert time.monotonic() - began < 1
    calculation.close()


def test_a_child_that_takes_too_long_is_ended() -> None:
    calculation = Calculation({}, program=SLOW, seconds=0)
    assert not calculation.running()
    with pytest.raises(DomainError) as failure:
        calculation.answer()
    assert failure.value.why == "timeout"


def test_nothing_is_left_running_when_its_parent_ends() -> None:
    parent = f"""
from kundenkreis.insight.uplift.calculation import Calculation
print(Calculation({{}}, program={SLOW!r})._process.pid)
"""
    done = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, text=True, check=True
    )
    assert not alive(int(done.stdout))
