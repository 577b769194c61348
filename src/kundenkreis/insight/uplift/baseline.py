"""How many buy anyway: what control groups did so far, or an honest assumption."""

from __future__ import annotations

from kundenkreis.insight.models import UpliftReport

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
        control = report.result["arms"].get("control", {})
        people += control.get("people", 0)
        buyers += control.get("buyers", 0)
    return buyers / people if people >= ENOUGH and 0 < buyers < people else ASSUMED
