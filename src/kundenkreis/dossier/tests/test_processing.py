"""The record of processing and the retention run, both read from the privacy maps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kundenkreis.dossier import places, processing, purposes, retention
from kundenkreis.kernel import clock, forgetting
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, CARLA
from tests.properties.retention_rows import MAKERS

ROOT = Path(__file__).parents[4]
RECORD = ROOT / "docs" / "reference" / "record-of-processing.md"


def test_g01_every_column_that_may_name_somebody_is_in_the_record() -> None:
    for side in Side:
        told = processing.activities(side)
        columns = sum(len(names) for one in told for names in one.tables.values())
        kept = [
            u for uses in places.maps(side).values() for u in uses.values() if u.basis != "none"
        ]
        assert columns == len(kept) > 100
        assert all(one.purpose and one.keeps for one in told)


def test_g01_the_words_of_the_maps_can_be_translated() -> None:
    uses = [u for side in Side for of in places.maps(side).values() for u in of.values()]
    assert {u.purpose for u in uses if u.basis != "none"} == set(purposes.PURPOSES)
    assert {u.but for u in uses if u.but} == set(purposes.BUT)


def test_g01_the_reference_is_as_the_maps_are() -> None:
    assert RECORD.read_text("utf-8") == processing.markdown(), "kundenkreis processing > " + str(
        RECORD.relative_to(ROOT)
    )


@pytest.mark.django_db(databases=BOTH)
@pytest.mark.unaudited
def test_g11_the_trial_run_tells_what_the_run_does() -> None:
    at = datetime(2005, 1, 1, tzinfo=UTC)
    for side in Side:
        for model in forgetting.promised(side):
            with clock.freeze(at):
                MAKERS[model](side, at)
            MAKERS[model](side, clock.now())
    before = {side: forgetting.preview(side) for side in Side}
    assert all(one.count >= 1 for found in before.values() for one in found), before
    assert all(one.oldest is not None for found in before.values() for one in found)
    for side, found in before.items():
        for one in found:
            gone = 0
            while some := forgetting.forget_rows(side, one.model):
                gone += some
            # What goes with another row, or is over only when that is gone, is told with it.
            assert gone <= one.count
    assert all(one.count == 0 for side in Side for one in forgetting.preview(side))


@pytest.mark.django_db(databases=BOTH)
@pytest.mark.unaudited
def test_g11_a_trial_run_changes_nothing_and_needs_its_right() -> None:
    at = datetime(2005, 1, 1, tzinfo=UTC)
    for model in forgetting.promised(Side.CRM):
        MAKERS[model](Side.CRM, at)
    first = retention.report(ANNA)
    assert retention.report(ANNA) == first
    assert sum(one.count for one in first) > 0
    with pytest.raises(NotAllowed):
        retention.report(CARLA)
