from __future__ import annotations

import pytest

from kundenkreis.edge.offers.remembered import SECONDS, Remembered


def test_it_reads_once_a_second_and_notices_a_change_then() -> None:
    now, stored = 100.0, ["first"]
    remembered = Remembered(lambda: stored[-1], lambda: now)
    assert remembered() == "first"
    stored.append("second")
    now += SECONDS / 2
    assert remembered() == "first"
    now += SECONDS / 2
    assert remembered() == "second"


def test_it_does_not_remember_an_error() -> None:
    answers = iter([ValueError("away"), "back"])

    def load() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    remembered = Remembered(load, lambda: 1.0)
    with pytest.raises(ValueError, match="away"):
        remembered()
    assert remembered() == "back"
