"""The cut: both databases as of one point that could have been, while everybody goes on writing.

A snapshot of each is opened, one right after the other, and nobody is stopped for it. They fit if
neither side has taken a message from the other's outbox that the other's snapshot does not hold, nor
forgotten one that was not taken: then what is on its way lies in an outbox, and crosses after a
restore as it would have done. If the link moved in between, both are opened anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from django.utils.translation import gettext as _

from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.backup.snapshots import Snapshot, open_snapshot
from kundenkreis.kernel.forgetting import CROSSED
from kundenkreis.kernel.log import Position
from kundenkreis.kernel.sides import Side

ATTEMPTS = 50
PAUSE = 0.02  # seconds, so that the link is through with its slice

Snapshots = Mapping[Side, Snapshot]


@contextmanager
def cut(
    reader: Callable[[Side], str], *, between: Callable[[], object] = lambda: None
) -> Iterator[Snapshots]:
    """Snapshots of both sides that fit; `reader` names the cursor by which a side reads the other's
    outbox, `between` is called between opening them. Raises `BackupRefused`."""
    for attempt in range(ATTEMPTS):
        with ExitStack() as stack:
            found: dict[Side, Snapshot] = {}
            for side in Side:
                found[side] = stack.enter_context(open_snapshot(side))
                between()
            if fits(found, reader):
                yield found
                return
        time.sleep(PAUSE * (attempt + 1))
    raise BackupRefused(
        _("The two databases could not be caught at one point."),
        _("The link carries messages without a pause."),
        _("Nothing was written. Try again in a quieter minute."),
    )


def fits(found: Snapshots, reader: Callable[[Side], str]) -> bool:
    """Whether what each side has taken is in the other's snapshot, and what it has not, too."""
    for target, here in found.items():
        there = found[target.other]
        taken = here.position(reader(target))
        if not there.holds_until(taken) or there.position(CROSSED) > taken:
            return False
    return True


def described(found: Snapshots, reader: Callable[[Side], str]) -> dict[str, dict[str, list[int]]]:
    """The cut as the manifest tells it: how far each outbox reaches, and was taken."""
    return {
        str(side): {
            "sent": _pair(here.sent()),
            "taken": _pair(found[side.other].position(reader(side.other))),
        }
        for side, here in found.items()
    }


def _pair(position: Position) -> list[int]:
    return [position.tx, position.row]
