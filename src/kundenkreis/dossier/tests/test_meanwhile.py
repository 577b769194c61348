"""What happens meanwhile: merges, deletions, exports and removals beside an erasure or a request."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.crm.people.commands import create_person, remove_person
from kundenkreis.crm.people.models import Person, Restriction
from kundenkreis.crm.protection.commands import note_request
from kundenkreis.crm.protection.erasures import order_erasure
from kundenkreis.crm.protection.models import DataRequest, Disclosure, Erasure
from kundenkreis.dossier import asking, collecting, files, jobs
from kundenkreis.dossier.tests.people import Planted, plant
from kundenkreis.kernel import audit, clock, store
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records import named
from kundenkreis.records.merging.commands import merge, unmerge
from kundenkreis.records.models import Merge
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)


def ordered(person: Person) -> Erasure:
    return order_erasure(actor=ANNA, person_id=person.pk, typed=str(person))


def test_whoever_is_being_erased_is_neither_merged_nor_deleted_nor_changed() -> None:
    found, other = plant(), create_person(actor=SYSTEM, last_name="Other")
    ordered(found.person)
    kind = named("person")
    for step in (
        lambda: merge(actor=ANNA, kind=kind, kept_id=other.pk, gone_id=found.person.pk),
        lambda: merge(actor=ANNA, kind=kind, kept_id=found.person.pk, gone_id=other.pk),
        lambda: remove_person(actor=ANNA, person_id=found.person.pk),
    ):
        with pytest.raises(DomainError, match="restricted"):
            step()
    restriction = Restriction.objects.get(person=found.person)
    assert restriction.reason == Restriction.Reason.ERASING


def test_an_undo_of_a_merge_parts_nobody_from_whom_is_being_erased() -> None:
    kept, gone = plant(), plant()
    merge(actor=ANNA, kind=named("person"), kept_id=kept.person.pk, gone_id=gone.person.pk)
    made = ordered(Person.objects.get(pk=kept.person.pk))
    row = store.stored(Side.CRM, Merge).filter(kept=kept.person.pk, gone=gone.person.pk).get()
    with pytest.raises(DomainError):
        unmerge(actor=ANNA, kind=named("person"), merge_id=row.pk)
    jobs.run_erasure(made)
    assert not Person.objects.filter(pk__in=[kept.person.pk, gone.person.pk]).exists()


def test_an_erasure_of_whom_it_does_not_find_never_says_that_it_is_done() -> None:
    person = create_person(actor=SYSTEM, first_name="Jana", last_name="Weiß")
    made = ordered(person)
    with store.group(Side.CRM, "test"):
        store.remove(SYSTEM, store.lock(Person, person.pk))
    jobs.run_erasure(made)
    made.refresh_from_db()
    assert made.state == Erasure.State.FAILED
    assert made.problem


def test_a_second_erasure_of_the_same_person_is_refused() -> None:
    found = plant()
    ordered(found.person)
    with pytest.raises(DomainError, match="being erased already"):
        ordered(found.person)


def test_an_export_that_is_being_collected_leaves_nothing_when_they_are_erased_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = plant()
    made = asking.order_disclosure(actor=ANNA, person_id=found.person.pk)
    monkeypatch.setattr(collecting, "collect", _then_erased(found, collecting.collect))
    with pytest.raises(NotFound):
        jobs.collect_person.func(made.pk)
    assert not Disclosure.objects.filter(pk=made.pk).exists()
    assert not files.place(made.folder, files.RAW).exists()


def test_what_a_killed_worker_left_of_an_export_is_deleted() -> None:
    folder = files.new_name()
    files.write(folder, files.RAW, {"a": 1})
    kept = asking.order_disclosure(actor=ANNA, person_id=plant().person.pk)
    files.write(kept.folder, files.RAW, {"a": 1})
    jobs.expire_disclosures.func()
    assert not files.place(folder, files.RAW).exists()
    assert files.place(kept.folder, files.RAW).exists()


def _then_erased(found: Planted, collect: Any) -> Any:
    def both(w: Any) -> Any:
        data = collect(w)
        jobs.run_erasure(ordered(found.person))
        return data

    return both


def test_what_the_worker_gave_up_is_said_and_may_be_asked_for_again() -> None:
    person = create_person(actor=SYSTEM, first_name="Jana", last_name="Weiß")
    made = asking.order_erasure(actor=ANNA, person_id=person.pk, typed=str(person))
    asked = asking.order_disclosure(actor=ANNA, person_id=plant().person.pk)
    jobs.tell_what_was_given_up.func()
    made.refresh_from_db()
    assert made.state == Erasure.State.RUNNING  # the control: it is still to be done
    Job.objects.using("default").filter(
        unique__in=[f"erase|{made.pk}", f"collect|{asked.pk}"]
    ).update(state=Job.State.DEAD)
    jobs.tell_what_was_given_up.func()
    made.refresh_from_db()
    asked.refresh_from_db()
    assert (made.state, asked.state) == (Erasure.State.FAILED, Disclosure.State.FAILED)
    assert made.problem
    assert asked.problem
    assert not Restriction.objects.filter(person=person).exists()
    again = asking.order_erasure(actor=ANNA, person_id=person.pk, typed=str(person))
    jobs.run_erasure(again)
    jobs.run_erasure(made)  # the first job, given a new round
    made.refresh_from_db()
    assert made.state == Erasure.State.FAILED


def test_files_that_could_not_be_cleaned_are_cleaned_later() -> None:
    person = create_person(actor=SYSTEM, first_name="Jana", last_name="Weiß")
    made = asking.order_erasure(actor=ANNA, person_id=person.pk, typed=str(person))
    Erasure.objects.filter(pk=made.pk).update(done_at=clock.now())
    jobs_of = Job.objects.using("default").filter(unique=f"erase|{made.pk}")
    jobs_of.update(state=Job.State.DEAD)
    jobs.tell_what_was_given_up.func()
    assert jobs_of.filter(state=Job.State.READY).count() == 1


def test_a_request_that_outlives_its_person_says_so_in_the_audit_and_gets_them_back() -> None:
    person = create_person(actor=SYSTEM, last_name="Weiß")
    request = note_request(actor=SYSTEM, person=person, kind="access")
    pk = person.pk
    remove_person(actor=ANNA, person_id=pk)
    request.refresh_from_db()
    assert request.person_id is None
    told = audit.latest(Side.CRM, f"crm.datarequest:{request.pk}", 9)[0]
    assert (told.action, told.change.fields["person"]) == ("change", [pk, None])
    undo(ANNA, Side.CRM, told.batch)
    assert DataRequest.objects.get(pk=request.pk).person_id == pk
