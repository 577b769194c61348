"""The four probability distributions the engine needs: the normal one from the standard library,
so that pages can say before the start what can be detected, the others from SciPy.

SciPy costs a second and 70 MB to load, so it is imported by the first calculation and nowhere
else: `kundenkreis --help` and the web processes never pay for it.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist
from typing import Any


@cache
def _special() -> Any:
    from scipy import special

    return special


@cache
def normal_quantile(probability: float) -> float:
    """The value a standard normal variable stays below with this probability."""
    return NormalDist().inv_cdf(probability)


def student_quantile(probability: float, degrees: float) -> float:
    """The value a Student variable with these degrees of freedom stays below."""
    return float(_special().stdtrit(degrees, probability))


def student_p_value(statistic: float, degrees: float) -> float:
    """How probable a Student variable at least this far from zero is, on either side."""
    return 2.0 * float(_special().stdtr(degrees, -abs(statistic)))


def chi_square_p_value(statistic: float, degrees: int) -> float:
    """How probable a chi-square variable at least this large is."""
    return float(_special().chdtrc(degrees, statistic))
