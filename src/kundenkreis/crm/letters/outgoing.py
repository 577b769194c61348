"""The files of a run: letters in parts that are joined, labels on sheets."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kundenkreis.crm.letters import printing
from kundenkreis.crm.letters.formats import SHEETS, USUAL
from kundenkreis.crm.letters.many import Going, State, What
from kundenkreis.crm.letters.models import Letterhead, PrintRun, Skipped
from kundenkreis.crm.letters.recipients import Recipient
from kundenkreis.kernel import files, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.printing import JOIN, Rendering
from kundenkreis.kernel.sides import Side
from kundenkreis.records import working

PART = 250  # letters that are set at once: about 300 MiB
MOST_WORD = 1_000  # letters of one Word file
LOOK = 0.05  # seconds
LABELS = Path(printing.__file__).with_name("labels.typ")


class Files:
    """Whatever a run prints, one child after the other; it looks, it does not wait."""

    def __init__(self, side: Side, run: PrintRun, actor: Actor) -> None:
        self.side, self.run, self.actor = side, run, actor
        self._folder = TemporaryDirectory(prefix="kundenkreis-print-")
        self.folder = Path(self._folder.name)
        self._current: Rendering | None = None
        self._steps = self.steps()

    def steps(self) -> Iterator[Rendering]:
        """The children, in order; what comes after the last one is done by `finished`."""
        raise NotImplementedError

    def finished(self) -> dict[str, str]:
        """The files that were made, kept: their names by form."""
        raise NotImplementedError

    def piece(self) -> bool:
        if self._current is not None:
            if self._current.running():
                time.sleep(LOOK)
                return True
            self._current.finish()
        self._current = next(self._steps, None)
        if self._current is not None:
            return True
        found = {**self.run.found, "rights": self.actor.rights(self.side)}
        working.note(self.side, self.run, state=State.DONE, found=found, **self.finished())
        return False

    def close(self) -> None:
        """Leave no child and no folder behind."""
        if self._current is not None:
            self._current.close()
        self._folder.cleanup()


@working.begins(What.LETTERS, State.PRINTING)
class Letters(Files):
    """All letters of a run in one PDF, and in a Word file if it is not too long."""

    def steps(self) -> Iterator[Rendering]:
        pks = list(self.run.letters.order_by("pk").values_list("pk", flat=True))
        parts = []
        for at in range(0, len(pks), PART):
            working.note(self.side, self.run, position=at)
            parts.append(self.folder / f"{at:08}.pdf")
            yield printing.begin(self._contents(pks[at : at + PART]), printing.PDF, parts[-1])
        data = {"parts": [str(part) for part in parts]}
        yield Rendering(None, data, self._made(printing.PDF), program=JOIN)
        if len(pks) <= MOST_WORD:
            yield printing.begin(self._contents(pks), printing.DOCX, self._made(printing.DOCX))

    def finished(self) -> dict[str, str]:
        made = {form: self._made(form) for form in printing.MEDIA_TYPES}
        return {form: files.keep(self.side, path) for form, path in made.items() if path.exists()}

    def _made(self, form: str) -> Path:
        return self.folder / f"made.{form}"

    def _contents(self, pks: Sequence[int]) -> list[dict[str, Any]]:
        rows = self.run.letters.filter(pk__in=pks).order_by("pk")
        return list(rows.values_list("content", flat=True))


@working.begins(What.LABELS, State.RUNNING)
class Labels(Going):
    """Addresses on sheets. After a crash it begins anew: nothing was printed yet."""

    def __init__(self, side: Side, run: PrintRun, actor: Actor) -> None:
        super().__init__(side, run, actor)
        with store.group(side, "letters.print_labels"):
            store.discard(store.rows(Skipped).filter(run=run))
        working.note(side, run, position=0, counts={})
        self._labels: list[list[str]] = []
        self._sheets: _Sheets | None = None

    def piece(self) -> bool:
        return self._sheets.piece() if self._sheets else super().piece()

    def some(self, records: Sequence[Any], found: Sequence[Recipient]) -> None:
        self._labels += [list(to.address) for to in found if not to.refused]

    def end(self) -> bool:
        self._sheets = _Sheets(self.side, self.run, self.actor, self._labels)
        return True

    def close(self) -> None:
        if self._sheets is not None:
            self._sheets.close()


class _Sheets(Files):
    def __init__(self, side: Side, run: PrintRun, actor: Actor, labels: list[list[str]]) -> None:
        self._labels = labels
        super().__init__(side, run, actor)

    def steps(self) -> Iterator[Rendering]:
        asked = self.run.asked
        sheet = SHEETS.get(asked.get("format", ""), SHEETS[USUAL])
        head = Letterhead.objects.filter(pk=asked.get("letterhead") or 0).first()
        line = f"{head.name} · {head.street} · {head.postal_code} {head.town}" if head else ""
        data = {
            "title": self.run.title,
            "sheet": {name: one for name, one in asdict(sheet).items() if name != "label"},
            "first": min(max(int(asked.get("first") or 1) - 1, 0), sheet.count - 1),
            "labels": self._labels,
            "return_line": line,
        }
        yield Rendering(LABELS, data, self.folder / "made.pdf")

    def finished(self) -> dict[str, str]:
        return {"pdf": files.keep(self.side, self.folder / "made.pdf")}
