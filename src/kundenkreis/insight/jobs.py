"""Keeping the reports of running and recently ended campaigns up to date."""

from __future__ import annotations

from kundenkreis.insight.uplift.refreshing import Reporter
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side

_reporter = Reporter()


@step(Side.CRM, every=2.0)
def begin_report() -> int:
    """Start working out what changed; one campaign a round, the longest waiting first."""
    return _reporter.begin()


@step(Side.CRM, every=0.2, waits=_reporter.busy)
def collect_report() -> int:
    """Keep what was worked out."""
    return _reporter.collect()
