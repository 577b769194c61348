"""The worker's part of what people ask for by their rights."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection import disclosures
from kundenkreis.crm.protection.erasures import note_failure, note_scrubbed
from kundenkreis.crm.protection.models import Disclosure, Erasure
from kundenkreis.dossier import collecting, erasing, files, masking, report, retention
from kundenkreis.dossier.whose import whose
from kundenkreis.kernel import forgetting, scrubbing, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import every
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.printing import REPORT, render
from kundenkreis.kernel.sides import Side

ACTOR = system("disclosure")
log = logging.getLogger(__name__)


class StillRead(RuntimeError):
    """Somebody reads a database for so long that its log cannot be emptied; it is tried again."""


@job(Side.CRM)
def erase_person(erasure_id: int) -> None:
    """Erase somebody on both sides; after a crash it goes on where it was."""
    run_erasure(store.stored(Side.CRM, Erasure).get(pk=erasure_id))


def run_erasure(erasure: Erasure) -> None:
    """The whole of it, in this process. Raises `StillRead`."""
    if erasure.state != Erasure.State.RUNNING:
        return
    if erasure.done_at is None:
        person = store.stored(Side.CRM, Person).filter(pk=erasure.person_number).first()
        if person is None:
            problem = _("The person was not there any more: look into the bin and at merges.")
            note_failure(actor=erasing.ACTOR, erasure_id=erasure.pk, problem=problem)
            return
        erasing.erase(whose(person), erasure)
    clean = [scrubbing.scrub(side, erasing.tables(side)) for side in Side]
    if not all(clean):
        raise StillRead
    note_scrubbed(actor=erasing.ACTOR, erasure_id=erasure.pk)


@job(Side.CRM)
def collect_person(disclosure_id: int) -> None:
    """Collect everything about somebody; third parties in it are to be looked through."""
    found = store.stored(Side.CRM, Disclosure).select_related("person").get(pk=disclosure_id)
    if found.state != Disclosure.State.COLLECTING:
        return
    with translation.override(found.language):
        w = whose(found.person)
        data = collecting.collect(w)
        files.write(found.folder, files.RAW, data)
        others = masking.third_parties(data, w)
    with files.dropped_on_error(found.folder):
        disclosures.note_collected(
            actor=ACTOR, disclosure_id=found.pk, rows=collecting.count(data), others=others
        )


@job(Side.CRM)
def make_disclosure(disclosure_id: int) -> None:
    """Mask who is not to be named, and write the data file and the pages."""
    found = store.stored(Side.CRM, Disclosure).get(pk=disclosure_id)
    if found.state != Disclosure.State.MAKING:
        return
    hidden = [one["text"] for one in found.others if one["text"] not in found.shown]
    zone = ZoneInfo(settings.COMPANY_ZONE)
    with translation.override(found.language), timezone.override(zone):
        data = masking.masked(files.read(found.folder, files.RAW), hidden)
        files.write(found.folder, files.DATA, data)
        pages = report.document(data, found.language)
        render(REPORT, pages.data, files.place(found.folder, files.PAGES))
    with files.dropped_on_error(found.folder):
        disclosures.note_made(actor=ACTOR, disclosure_id=found.pk)
    files.drop(found.folder, files.RAW)


@job(Side.CRM)
def forget_what_is_over() -> None:
    """Forget everything that is over on both sides."""
    log.info("%d rows were forgotten because staff asked for it", retention.run())


@every(hours=1)
@job(Side.CRM)
def expire_disclosures() -> None:
    """Delete the files of exports whose time is over, and those that no export knows."""
    files.forget(disclosures.expire_disclosures(actor=ACTOR))
    # What lies there is listed first: a folder is made after its export is written down.
    there = files.folders()
    known = store.stored(Side.CRM, Disclosure).values_list("folder", flat=True)
    files.forget(there - set(known))


@every(hours=1)
@job(Side.CRM)
def tell_what_was_given_up() -> None:
    """Say of an erasure or an export that the worker gave up that it failed, so that it may be asked
    for again; where only files are left to be cleaned, that is tried again."""
    for erasure in store.stored(Side.CRM, Erasure).filter(state=Erasure.State.RUNNING):
        if _is_waiting(f"erase|{erasure.pk}"):
            continue
        if erasure.done_at is not None:
            with store.group(Side.CRM, "dossier.clean_again"):
                erase_person.enqueue_once(f"erase|{erasure.pk}", erasure.pk)
            continue
        note_failure(actor=erasing.ACTOR, erasure_id=erasure.pk, problem=_given_up())
    moving = {Disclosure.State.COLLECTING: "collect", Disclosure.State.MAKING: "disclose"}
    for found in store.stored(Side.CRM, Disclosure).filter(state__in=moving):
        if not _is_waiting(f"{moving[Disclosure.State(found.state)]}|{found.pk}"):
            disclosures.note_failure(actor=ACTOR, disclosure_id=found.pk, problem=_given_up())
            files.forget([found.folder])


def _is_waiting(unique: str) -> bool:
    ended = [Job.State.DONE, Job.State.DEAD]
    return store.stored(Side.CRM, Job).filter(unique=unique).exclude(state__in=ended).exists()


def _given_up() -> str:
    return _("The worker gave it up; the reason stands under “Jobs and link”. Ask for it again.")


def _forget(side: Side, pks: list[int]) -> None:
    rows = store.rows(Disclosure).filter(pk__in=pks)
    files.forget(rows.values_list("folder", flat=True))
    store.discard(rows)


forgetting.rule(Disclosure, forget=_forget, piece=50)
