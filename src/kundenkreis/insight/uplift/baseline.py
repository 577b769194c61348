"""How many buy anyway: what control groups did so far, or an honest assumption."""

from __future__ import annotations

from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.uplift.report import Arm, Counted

ASSUMED = 0.10
ENOUGH = 200
REPORTS = 20


def purchase_rate() -> float:
    """Share of control-group people who bought in the newest reports; 10 % while unknown."""
    people = buyers = 0
    seen: set[int] = set()
    for report in UpliftReport.objects.order_by("-at", "-id")[:REPORTS]:
        if report.campaign_id in seen:
            continue
        seen.add(report.campaign_id)
        control = Counted.read(report.result).arms.get("control", Arm())
        people += control.people
        buyers += control.buyers
    return buyers / people if people >= ENOUGH and 0 < buyers < people else ASSUMED
