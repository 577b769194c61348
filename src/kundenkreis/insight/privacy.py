"""Why insight keeps what it keeps: sums over groups, nobody in person."""

from __future__ import annotations

from kundenkreis.kernel.privacy import Map, Use

_SUM = Use("results of experiments, as sums over groups", "none")

PRIVACY: Map = {
    "UpliftReport": dict.fromkeys(("id", "campaign_id", "at", "inputs", "result"), _SUM)
}
