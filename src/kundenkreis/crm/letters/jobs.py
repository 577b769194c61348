"""Making the files of letters, and forgetting them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import translation

from kundenkreis.crm.letters import commands, many, outgoing, printing, queries
from kundenkreis.crm.letters.models import Letter, Letterhead, PrintRun
from kundenkreis.kernel import files, forgetting, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import every
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.sides import Side
from kundenkreis.records import working

__all__ = ["many", "outgoing"]  # they say what the work is

ACTOR = system("letters")


@job(Side.CRM)
def print_letter(letter_id: int) -> None:
    """Make the PDF and the Word file of a letter as it is now."""
    letter = Letter.objects.filter(pk=letter_id).first()
    if letter is None:
        return
    content = queries.shown(letter)
    with translation.override(content["language"]):
        made = {form: printing.made([content], form) for form in printing.MEDIA_TYPES}
    commands.keep_files(actor=ACTOR, letter_id=letter_id, version=letter.version, **made)


def begin_printing(letter: Letter) -> None:
    """Let the worker make the files of a letter, unless it is about to."""
    print_letter.enqueue_once(queries.job_key(letter), letter.pk)


@job(Side.CRM)
def go_on_with_print(side: str, pk: int, turn: int) -> None:
    """One turn of what is printed for many."""
    working.next_turn(go_on_with_print, PrintRun, Side(side), pk, turn)


@every(minutes=10)
@job(Side.CRM)
def rescue_prints() -> None:
    """Runs that are under way, and no job goes on with."""
    working.rescue(go_on_with_print, PrintRun, [Side.CRM])


def go_on(run: PrintRun) -> None:
    """Let the worker go on with a run."""
    working.enqueue(go_on_with_print, Side.CRM, run)


@every(hours=24)
@job(Side.CRM)
def sweep_files() -> None:
    """Delete files that nothing names any more."""
    files.swept(Side.CRM)


@files.named_by(Side.CRM)
def _named() -> Iterable[str]:
    """The files of letters, the logos, and those of letterheads in the bin."""
    for pdf, docx in Letter.objects.values_list("pdf", "docx").iterator():
        yield from (pdf, docx)
    for pdf, docx in PrintRun.objects.values_list("pdf", "docx").iterator():
        yield from (pdf, docx)
    yield from Letterhead.objects.values_list("logo", flat=True)
    yield from (
        Letter.objects.exclude(content={}).values_list("content__head__logo", flat=True).distinct()
    )
    yield from _in_the_bin()


def _in_the_bin() -> Iterator[str]:
    table = Letterhead._meta.label_lower
    rows = store.stored(Side.CRM, RemovedRow).filter(table=table, restored_at=None)
    for image in rows.values_list("image", flat=True):
        yield str(image.get("logo", ""))


def _forget(side: Side, pks: list[int]) -> None:
    rows = store.rows(Letter).filter(pk__in=pks)
    for pdf, docx in rows.values_list("pdf", "docx"):
        files.discard(side, (pdf, docx))
    store.discard(rows)


def _forget_runs(side: Side, pks: list[int]) -> None:
    rows = store.rows(PrintRun).filter(pk__in=pks)
    for pdf, docx in rows.values_list("pdf", "docx"):
        files.discard(side, (pdf, docx))
    store.discard(rows)


forgetting.rule(Letter, forget=_forget)
forgetting.rule(PrintRun, forget=_forget_runs)
