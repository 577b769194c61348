"""The files of a run: letters in parts that are joined, labels on sheets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kundenkreis.crm.letters import printing
from kundenkreis.crm.letters.formats import SHEETS, USUAL
from kundenkreis.crm.letters.many import Round, State, What
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

Steps = Callable[[Path], Iterator[Rendering]]


class Making:
    """The files of a run, one child after the other; it looks, it does not wait.

    `steps` begins the children, in order, for a folder; what lies there in the end under the name
    of `made` is kept.
    """

    def __init__(self, side: Side, run: PrintRun, actor: Actor, steps: Steps) -> None:
        self._side, self._run, self._actor = side, run, actor
        self._folder = TemporaryDirectory(prefix="kundenkreis-print-")
        self._current: Rendering | None = None
        self._steps = steps(Path(self._folder.name))

    def piece(self) -> bool:
        if self._current is not None:
            if self._current.running():
                time.sleep(LOOK)
                return True
            self._current.finish()
        self._current = next(self._steps, None)
        if self._current is not None:
            return True
        found = {**self._run.found, "rights": self._actor.rights(self._side)}
        working.note(self._side, self._run, state=State.DONE, found=found, **self._kept())
        return False

    def close(self) -> None:
        """Leave no child and no folder behind."""
        if self._current is not None:
            self._current.close()
        self._folder.cleanup()

    def _kept(self) -> dict[str, str]:
        """The files that were made: their names by form."""
        paths = {form: made(Path(self._folder.name), form) for form in printing.MEDIA_TYPES}
        return {form: files.keep(self._side, path) for form, path in paths.items() if path.exists()}


def made(folder: Path, form: str) -> Path:
    """Where a finished file lies."""
    return folder / f"made.{form}"


@working.begins(What.LETTERS, State.PRINTING)
def letters(side: Side, run: PrintRun, actor: Actor) -> Making:
    """All letters of a run in one PDF, and in a Word file if it is not too long."""

    def steps(folder: Path) -> Iterator[Rendering]:
        pks = list(run.letters.order_by("pk").values_list("pk", flat=True))
        parts = []
        for at in range(0, len(pks), PART):
            working.note(side, run, position=at)
            parts.append(folder / f"{at:08}.pdf")
            yield printing.begin(_contents(run, pks[at : at + PART]), printing.PDF, parts[-1])
        data = {"parts": [str(part) for part in parts]}
        yield Rendering(None, data, made(folder, printing.PDF), program=JOIN)
        if len(pks) <= MOST_WORD:
            target = made(folder, printing.DOCX)
            yield printing.begin(_contents(run, pks), printing.DOCX, target)

    return Making(side, run, actor, steps)


def _contents(run: PrintRun, pks: Sequence[int]) -> list[dict[str, Any]]:
    rows = run.letters.filter(pk__in=pks).order_by("pk")
    return list(rows.values_list("content", flat=True))


@working.begins(What.LABELS, State.RUNNING)
class Labels:
    """Addresses on sheets. After a crash it begins anew: nothing was printed yet."""

    def __init__(self, side: Side, run: PrintRun, actor: Actor) -> None:
        self._labels: list[list[str]] = []
        self._round = Round(side, run, actor, some=self._some, end=self._end)
        self._sheets: Making | None = None
        self._side, self._run, self._actor = side, run, actor
        with store.group(side, "letters.print_labels"):
            store.discard(store.rows(Skipped).filter(run=run))
        working.note(side, run, position=0, counts={})

    def piece(self) -> bool:
        return self._sheets.piece() if self._sheets else self._round.piece()

    def close(self) -> None:
        if self._sheets is not None:
            self._sheets.close()

    def _some(self, found: Sequence[Recipient]) -> None:
        self._labels += [list(to.address) for to in found]

    def _end(self) -> bool:
        self._sheets = Making(self._side, self._run, self._actor, self._steps)
        return True

    def _steps(self, folder: Path) -> Iterator[Rendering]:
        asked = self._run.asked
        sheet = SHEETS.get(asked.get("format", ""), SHEETS[USUAL])
        head = Letterhead.objects.filter(pk=asked.get("letterhead") or 0).first()
        line = f"{head.name} · {head.street} · {head.postal_code} {head.town}" if head else ""
        data = {
            "title": self._run.title,
            "sheet": {name: one for name, one in asdict(sheet).items() if name != "label"},
            "first": min(max(int(asked.get("first") or 1) - 1, 0), sheet.count - 1),
            "labels": self._labels,
            "return_line": line,
        }
        yield Rendering(LABELS, data, made(folder, printing.PDF))
