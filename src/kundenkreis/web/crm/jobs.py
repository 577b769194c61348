"""Pages of the crm that the worker prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kundenkreis.crm.letters.many import State, What
from kundenkreis.crm.letters.models import PrintRun
from kundenkreis.crm.letters.outgoing import Making, made
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.printing import REPORT, Rendering
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named, working
from kundenkreis.web.crm.letters.pages import document_of


@working.begins(What.PAGE, State.RUNNING)
def page_in_print(side: Side, run: PrintRun, actor: Actor) -> Making:
    """What somebody may see of a record, as a PDF."""

    def steps(folder: Path) -> Iterator[Rendering]:
        kind = named(run.kind)
        record = kind.one(actor, run.asked["pk"])
        yield Rendering(REPORT, document_of(kind, actor, record).data, made(folder, "pdf"))

    return Making(side, run, actor, steps)
