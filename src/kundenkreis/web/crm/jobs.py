"""Pages of the crm that the worker prints."""

from __future__ import annotations

from collections.abc import Iterator

from kundenkreis.crm.letters.many import State, What
from kundenkreis.crm.letters.outgoing import Files
from kundenkreis.kernel import files
from kundenkreis.kernel.printing import REPORT, Rendering
from kundenkreis.records import named, working
from kundenkreis.web.crm.letters.pages import document_of


@working.begins(What.PAGE, State.RUNNING)
class PageInPrint(Files):
    """What somebody may see of a record, as a PDF."""

    def steps(self) -> Iterator[Rendering]:
        kind = named(self.run.kind)
        record = kind.one(self.actor, self.run.asked["pk"])
        data = document_of(kind, self.actor, record).data
        yield Rendering(REPORT, data, self.folder / "made.pdf")

    def finished(self) -> dict[str, str]:
        return {"pdf": files.keep(self.side, self.folder / "made.pdf")}
