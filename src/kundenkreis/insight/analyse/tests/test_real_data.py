"""The public Cookie Cats experiment: its groups are not the even halves they should be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[5]
SHARED = Path(os.environ.get("KUNDENKREIS_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
COOKIE_CATS = SHARED / "cookie-cats" / "cookie_cats.csv.gz"

pytestmark = pytest.mark.skipif(
    not COOKIE_CATS.exists(), reason=f"the data set cookie-cats is not at {COOKIE_CATS}"
)


@pytest.fixture
def cookie_cats(report: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def reporting(*more: str) -> dict[str, Any]:
        usual = ["--variant", "version", "--control", "gate_30", "--outcome", "retention_7"]
        return report(str(COOKIE_CATS), *usual, *more)

    return reporting


def test_it_warns_that_cookie_cats_lost_its_balance(
    cookie_cats: Callable[..., dict[str, Any]],
) -> None:
    answer = cookie_cats("--outcome", "retention_1", "--outcome", "sum_gamerounds")
    control, variant = answer["outcomes"][0]["variants"]

    assert answer["verdict"] == "blocked"
    assert answer["sample_ratio_p"] == pytest.approx(0.0086, abs=0.00005)
    assert "Sample-ratio mismatch" in answer["warnings"][0]
    assert (control["n"], variant["n"]) == (44_700, 45_489)
    assert control["mean"] == pytest.approx(0.1902, abs=0.00005)
    assert variant["mean"] == pytest.approx(0.1820, abs=0.00005)
    assert variant["fixed"]["p"] == pytest.approx(0.00156, abs=0.00001)
    assert variant["low"] < 0 < variant["high"], "seen at any time, it is not even settled"


def test_every_player_is_one_unit(cookie_cats: Callable[..., dict[str, Any]]) -> None:
    (one, other), (same, again) = (
        answer["outcomes"][0]["variants"]
        for answer in (cookie_cats(), cookie_cats("--unit", "userid"))
    )
    assert (one["n"], other["n"]) == (same["n"], again["n"])
    assert again["low"] == pytest.approx(other["low"])
    assert again["fixed"]["p"] == pytest.approx(other["fixed"]["p"])


def test_the_real_weights_would_have_passed(cookie_cats: Callable[..., dict[str, Any]]) -> None:
    answer = cookie_cats("--weights", "gate_30=44700,gate_40=45489")

    assert answer["verdict"] == "undecided"
