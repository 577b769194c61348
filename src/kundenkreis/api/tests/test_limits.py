"""A token has a rate: what it saved up may be used at once, then it waits."""

from __future__ import annotations

import pytest
from django.test import override_settings

from kundenkreis.api import limits
from kundenkreis.api.testing import Program
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH


def test_it_refills_as_time_goes_by() -> None:
    with clock.freeze("2026-11-28T12:00:00+00:00") as now:
        assert [limits.wait(-1, 2) for _ in range(21)] == [0] * 20 + [1]
        now.advance(seconds=0.5)
        assert [limits.wait(-1, 2), limits.wait(-1, 2)] == [0, 1]
        assert limits.wait(-2, 2) == 0
        now.advance(hours=1)
        assert [limits.wait(-1, 2) for _ in range(21)] == [0] * 20 + [1]
        assert limits.wait(-1, 0) == 0


@pytest.mark.django_db(databases=BOTH)
def test_who_is_too_fast_is_told_when_to_go_on(anna: Program) -> None:
    with clock.freeze("2026-11-28T12:00:00+00:00"), override_settings(API_RATE=1):
        answers = [anna.get("persons") for _ in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert answers[-1]["Retry-After"] == "1"
