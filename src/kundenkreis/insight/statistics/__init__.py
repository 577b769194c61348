"""Statistics of experiments: pure calculation on sufficient statistics, no database, no models.

    from kundenkreis.insight.statistics import Moments, Outcome, analyse

    arms = {"control": Moments.from_sums(...), "offer": Moments.from_sums(...)}
    result = analyse([Outcome("purchases", arms)], control="control")

Importing this package is cheap; NumPy and SciPy are loaded by the first calculation.
"""

from kundenkreis.insight.statistics.compare import ALPHA, Comparison, Interval
from kundenkreis.insight.statistics.experiment import (
    ExperimentResult,
    Outcome,
    OutcomeResult,
    VariantResult,
    analyse,
)
from kundenkreis.insight.statistics.moments import Moments, Prior
from kundenkreis.insight.statistics.power import (
    Baseline,
    Detectable,
    Horizon,
    detectable_effect,
    required_per_arm,
)
from kundenkreis.insight.statistics.relative import Relative
from kundenkreis.insight.statistics.revenue import IncrementalRevenue, incremental_revenue
from kundenkreis.insight.statistics.sample_ratio import MISMATCH_BELOW, sample_ratio_p
from kundenkreis.insight.statistics.texts import verdict_text
from kundenkreis.insight.statistics.verdict import Verdict

__all__ = [
    "ALPHA",
    "MISMATCH_BELOW",
    "Baseline",
    "Comparison",
    "Detectable",
    "ExperimentResult",
    "Horizon",
    "IncrementalRevenue",
    "Interval",
    "Moments",
    "Outcome",
    "OutcomeResult",
    "Prior",
    "Relative",
    "VariantResult",
    "Verdict",
    "analyse",
    "detectable_effect",
    "incremental_revenue",
    "required_per_arm",
    "sample_ratio_p",
    "verdict_text",
]
