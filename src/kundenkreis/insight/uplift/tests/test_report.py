"""A report is the same after it has been kept as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from kundenkreis.insight.statistics import IncrementalRevenue, Relative, Verdict
from kundenkreis.insight.uplift.report import (
    Arm,
    Counted,
    FixedLook,
    Found,
    OutcomeRows,
    Report,
    Row,
)

OFFER = Row(
    "offer",
    5,
    0.4,
    0.1,
    -0.2,
    None,
    Relative(0.3),
    FixedLook(-0.1, 0.3, 0.2, Relative(0.3, 0.1)),
    Verdict.UNDECIDED,
)
REPORT = Report(
    Found(
        outcomes=(OutcomeRows("purchases", (Row("control", 4, None), OFFER)),),
        sample_ratio_p=0.5,
        verdict=Verdict.UNDECIDED,
        warnings={"de": ["zu wenige"], "en": ["too few"]},
        earned={"offer": IncrementalRevenue(100, None, 900, "EUR")},
        detectable=None,
    ),
    Counted(
        {"control": Arm(4), "offer": Arm(5, 2, 2, 900, 405_000, 3)},
        fixed=False,
        due_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
        mixed=1,
    ),
)


def test_it_comes_back_from_json_as_it_went() -> None:
    assert Report.read(json.loads(json.dumps(REPORT.dump()))) == REPORT
    assert REPORT.found.outcomes[0].compared == OFFER
    assert REPORT.counted.people == 9


@pytest.mark.parametrize("name", ["verdict", "arms", "outcomes", "due_at"])
def test_a_report_with_a_part_missing_is_not_read_as_whole(name: str) -> None:
    kept = REPORT.dump()
    del kept[name]
    with pytest.raises(KeyError):
        Report.read(kept)
