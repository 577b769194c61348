"""The segments' part of the loop in `pulse`."""

from __future__ import annotations

from kundenkreis.engage.segments import commands
from kundenkreis.engage.segments.refreshing import Refresher
from kundenkreis.kernel.loop import step
from kundenkreis.kernel.sides import Side

_refresher = Refresher()


@step(Side.ENGAGE, every=0.05)
def follow_events() -> int:
    """Evaluate what the newest events change."""
    done = commands.consume_events()
    if done:
        _refresher.give_way()
    return done


@step(Side.ENGAGE, every=0.1)
def follow_rechecks() -> int:
    """Evaluate people about whom something else changed."""
    return commands.consume_rechecks()


@step(Side.ENGAGE, every=0.2)
def run_timers() -> int:
    """Evaluate people for whom time may have changed the answer."""
    return commands.run_due_timers()


@step(Side.ENGAGE, every=0.05, waits=_refresher.busy)
def refresh() -> int:
    """Continue comparing whole memberships with their definitions, a slice at a time."""
    return _refresher.step()
