"""A value that a person had corrected is gone, and comes back by nothing but a hand."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import ContactDetail, Person, TimelineEntry
from kundenkreis.crm.protection.commands import note_request
from kundenkreis.crm.protection.models import DataRequest, RectifiedValue
from kundenkreis.crm.work.commands import add_activity, change_activity
from kundenkreis.dossier import rectifying
from kundenkreis.dossier.former import former
from kundenkreis.dossier.tests.people import word
from kundenkreis.dossier.tests.test_erasure import texts
from kundenkreis.kernel import audit, clock, store, wrongs
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, BOTH, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.custom import defining
from kundenkreis.records.merging.commands import merge, unmerge
from kundenkreis.records.models import Merge
from kundenkreis.records.page.merging import seen
from kundenkreis.records.page.next_step import PLANNING, finish
from kundenkreis.records.past.as_of import facts_at, values_at
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=BOTH)
KIND = named("person")
FILE = ANNA.through("import")


def changed(person: Person, actor: Any = ANNA, **values: Any) -> str:
    """Change a person; returns the batch."""
    with store.group(Side.CRM, "test") as unit:
        row = store.lock(Person, person.pk)
        store.change(actor, row, **values)
        return str(unit.batch)


def asked(person: Person, **values: Any) -> DataRequest:
    given = {"kind": "rectification", "identity": "called back", **values}
    return note_request(actor=ANNA, person=person, **given)


def rectified(person: Person, *fields: str) -> list[RectifiedValue]:
    person.refresh_from_db()
    keys = [one.key for one in former(ANNA, person) if one.field in fields]
    return rectifying.rectify(actor=ANNA, datarequest_id=asked(person).pk, keys=keys)


@pytest.fixture
def wrong() -> str:
    return word("Falsch")


@pytest.fixture
def person(wrong: str) -> Person:
    return create_person(
        actor=ANNA, last_name=wrong, first_name="Jana", email=f"{wrong}@example.org".lower(),
        birth_date=date(1980, 1, 2),
    )  # fmt: skip


def test_a_wrong_value_is_gone_from_every_table(person: Person, wrong: str) -> None:
    changed(person, last_name="Richtig")
    detail = ContactDetail.objects.get(person=person)
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value="jana@example.org"
    )
    assert wrong.casefold() in texts(Side.CRM)  # the control: history has it
    made = rectified(person, "last_name", "email")
    assert {one.field for one in made} == {"last_name", "email"}
    assert all(one.places for one in made)
    assert wrong.casefold() not in texts(Side.CRM)


def test_neither_history_nor_an_instant_of_the_past_says_it(person: Person, wrong: str) -> None:
    with clock.freeze(clock.now() + timedelta(hours=1)):
        changed(person, last_name="Richtig", birth_date=date(1981, 1, 2))
        rectified(person, "last_name", "birth_date")
        person.refresh_from_db()
        at = clock.now() - timedelta(minutes=30)
        then = values_at(KIND, person, at)
        assert then is not None
        assert (then["last_name"], then["first_name"]) == (audit.HIDDEN, "Jana")
        assert then["birth_date"] == audit.HIDDEN
        said = [one.value for one in facts_at(KIND, ANNA, person, at)]
        assert not any(wrong in one or "1980" in one for one in said)
        told, _more = steps(KIND, ANNA, person)
        lines = json.dumps([[one.before, one.after] for step in told for one in step.lines])
        assert wrong not in lines
        assert "1980" not in lines
        assert "Richtig" in lines


def test_no_undo_brings_it_back(person: Person, wrong: str) -> None:
    batch = changed(person, last_name="Richtig", profession="Kauffrau")
    rectified(person, "last_name")
    undo(ANNA, Side.CRM, batch)
    person.refresh_from_db()
    assert (person.last_name, person.profession) == ("Richtig", "")


def test_an_undo_would_without_it(person: Person, wrong: str) -> None:
    batch = changed(person, last_name="Richtig")
    undo(ANNA, Side.CRM, batch)
    person.refresh_from_db()
    assert person.last_name == wrong


def test_a_deleted_address_does_not_come_back_from_the_bin(person: Person, wrong: str) -> None:
    detail = ContactDetail.objects.get(person=person)
    with store.group(Side.CRM, "test") as unit:
        contact_commands.remove_contact_detail(actor=ANNA, contact_detail_id=detail.pk)
        batch = str(unit.batch)
    rectified(person, "email")
    with pytest.raises(DomainError):
        undo(ANNA, Side.CRM, batch)
    assert not ContactDetail.objects.filter(person=person).exists()


def test_parting_a_merge_does_not_bring_it_back(person: Person, wrong: str) -> None:
    kept = create_person(actor=ANNA, last_name="Richtig", first_name="Jana")
    merge(actor=ANNA, kind=KIND, kept_id=kept.pk, gone_id=person.pk)
    assert rectified(kept, "last_name")
    row = store.stored(Side.CRM, Merge).get(kept=kept.pk)
    unmerge(actor=ANNA, kind=KIND, merge_id=row.pk)
    assert Person.objects.get(pk=person.pk).last_name == "Richtig"
    assert not Person.objects.filter(last_name=wrong).exists()


def test_a_file_with_the_wrong_value_is_refused_with_the_reason(person: Person, wrong: str) -> None:
    changed(person, last_name="Richtig")
    changed(person, actor=FILE, last_name=wrong)  # the control: a file may, as long as nobody asked
    changed(person, last_name="Richtig")
    rectified(person, "last_name")
    person.refresh_from_db()
    other = create_person(actor=ANNA, last_name="Berg")
    rows = [
        (person, {"last_name": f" {wrong.upper()} "}),
        (person, {"last_name": "Neu"}),
        (other, {"last_name": wrong}),
    ]
    for row, values in rows:
        with store.group(Side.CRM, "test"):
            (found,) = write.change_many(KIND, FILE, [(row, values)])
        if row == person and "Neu" not in values.values():
            assert isinstance(found, DomainError)
            assert "was corrected because the person asked" in str(found)
            assert found.field == "last_name"
        else:
            assert found is True
    assert Person.objects.get(pk=person.pk).last_name == "Neu"
    changed(person, actor=ANNA, last_name=wrong)  # by hand anything goes


def test_a_file_does_not_bring_a_wrong_address_back(person: Person, wrong: str) -> None:
    detail = ContactDetail.objects.get(person=person)
    old = detail.value
    contact_commands.change_contact_detail(
        actor=ANNA, contact_detail_id=detail.pk, value="jana@example.org"
    )
    rectified(person, "email")
    for step in (
        lambda: contact_commands.add_contact_detail(
            actor=FILE, holder=person, kind="email", value=old.upper()
        ),
        lambda: contact_commands.set_contact_detail(
            actor=FILE, holder=person, kind="email", value=old
        ),
        lambda: contact_commands.change_contact_detail(
            actor=FILE, contact_detail_id=detail.pk, value=old
        ),
    ):
        with pytest.raises(DomainError, match="was corrected"):
            step()
    (found,) = contact_commands.add_contact_details(
        actor=FILE, holder=Person, details=[(person.pk, {"kind": "email", "value": old})]
    )
    assert isinstance(found, DomainError)


@pytest.mark.django_db(databases=BOTH, transaction=True)
def test_the_seals_of_the_audit_stay_whole_and_find_who_takes_out_more(
    person: Person, wrong: str
) -> None:
    changed(person, last_name="Richtig")
    audit.seal(Side.CRM)
    rectified(person, "last_name")
    audit.seal(Side.CRM)
    assert list(audit.verify(Side.CRM)) == []
    rows = AuditChange.objects.using("default")
    one = rows.exclude(inner="").earliest("pk")
    assert one.fields["last_name"][1] == audit.HIDDEN
    rows.filter(pk=one.pk).update(fields={**one.fields, "first_name": [None, "Berta"]})
    assert [(d.entry_id, d.what) for d in audit.verify(Side.CRM)] == [(one.pk, "changes altered")]
    # Nor may somebody take a value out without saying so.
    rows.filter(pk=one.pk).update(fields=one.fields)
    other = rows.filter(inner="", entry__target__startswith="crm.contactdetail:").earliest("pk")
    taken = audit.inner(other.salt, other.fields)
    rows.filter(pk=other.pk).update(inner=taken, fields={})
    assert [d.entry_id for d in audit.verify(Side.CRM)] == [other.pk]


def test_only_for_an_open_request_to_correct_of_somebody_we_know(person: Person) -> None:
    changed(person, last_name="Richtig")
    person.refresh_from_db()
    keys = [one.key for one in former(ANNA, person)]
    for request, error in (
        (asked(person, kind="access"), NotFound), (asked(person, identity=""), DomainError),
    ):  # fmt: skip
        with pytest.raises(error):
            rectifying.rectify(actor=ANNA, datarequest_id=request.pk, keys=keys)
    request = asked(person)
    with pytest.raises(NotAllowed):
        rectifying.rectify(actor=BEN, datarequest_id=request.pk, keys=keys)
    with pytest.raises(DomainError, match="Choose the values"):
        rectifying.rectify(actor=ANNA, datarequest_id=request.pk, keys=["last_name|x"])
    assert not RectifiedValue.objects.exists()


def test_the_page_offers_what_was_and_takes_it_out(person: Person, wrong: str) -> None:
    from django.test import Client

    from kundenkreis.crm.accounts import commands as accounts

    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email="d@example.org", name="Dora", password="drei bunte Vögel",
        roles=["dpo"], language="en",
    )  # fmt: skip
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    changed(person, last_name="Richtig")
    request = asked(person)
    url = f"/crm/data-requests/{request.pk}/"
    assert f"{url}rectify/" in client.get(url).content.decode()
    page = client.get(f"{url}rectify/").content.decode()
    assert wrong in page
    assert client.post(f"{url}rectify/", {}).status_code == 422
    key = f"last_name|{wrong.casefold()}"
    assert client.post(f"{url}rectify/", {"wrong": key}).status_code == 302
    after = client.get(url).content.decode()
    assert "Taken out for good" in after
    assert wrong not in after + client.get(f"{url}rectify/").content.decode()


def test_what_other_records_of_theirs_are_called_is_not_offered(person: Person) -> None:
    from kundenkreis.crm.sales.commands import create_opportunity, ship_pipeline

    ship_pipeline(actor=SYSTEM)
    create_opportunity(actor=SYSTEM, title="Rahmenvertrag", person=person)
    assert former(ANNA, person) == []


def test_what_is_so_now_is_not_offered(person: Person, wrong: str) -> None:
    assert former(ANNA, person) == []
    changed(person, last_name="Richtig")
    person.refresh_from_db()
    assert [(one.field, one.value) for one in former(ANNA, person)] == [("last_name", wrong)]
    assert wrongs.plain(" Ä  b ") == "ä b"
    assert SYSTEM.via not in wrongs.BY_THEMSELVES


def own_field(label: str) -> str:
    made = defining.create_field(actor=ANNA, kind=KIND, type="text", label={"en": label})
    return str(made.name)


def test_a_wrong_name_stands_in_no_title_of_a_merge_and_no_entry_that_tells_of_it(
    person: Person, wrong: str
) -> None:
    kept = create_person(actor=ANNA, last_name="Richtig", first_name="Jana")
    merge(actor=ANNA, kind=KIND, kept_id=kept.pk, gone_id=person.pk)
    detail = ContactDetail.objects.get(person=kept)
    contact_commands.remove_contact_detail(actor=ANNA, contact_detail_id=detail.pk)
    assert wrong in str(TimelineEntry.objects.filter(kind="merged").values_list("payload"))
    rectified(kept, "last_name", "email")
    assert [line for line in texts(Side.CRM).splitlines() if wrong.casefold() in line] == []
    assert "Jana" in TimelineEntry.objects.get(kind="merged").payload["name"]


def test_a_wrong_value_of_the_companys_own_field_is_gone_and_stays_gone(
    person: Person, wrong: str
) -> None:
    name = own_field("Allergy")
    word_ = word("Nuss")
    first = changed(person, **{name: word_})
    batch = changed(person, **{name: "none"})
    assert word_.casefold() in texts(Side.CRM)
    (one,) = rectified(person, name)
    assert one.places
    assert word_.casefold() not in texts(Side.CRM)
    for taken_back in (batch, first):
        with contextlib.suppress(DomainError):
            undo(ANNA, Side.CRM, taken_back)
    person.refresh_from_db()
    assert getattr(person, name) != word_
    with pytest.raises(DomainError, match="was corrected"):
        changed(person, actor=FILE, **{name: word_.upper()})
    changed(person, actor=ANNA, **{name: word_})


def test_a_wrong_own_value_of_who_was_merged_does_not_come_back_with_them(
    person: Person, wrong: str
) -> None:
    name, word_ = own_field("Allergy"), word("Nuss")
    changed(person, **{name: word_})
    kept = create_person(actor=ANNA, last_name=wrong, first_name="Jana", **{name: "none"})
    merge(actor=ANNA, kind=KIND, kept_id=kept.pk, gone_id=person.pk)
    rectified(kept, name)
    assert word_.casefold() not in texts(Side.CRM)
    row = store.stored(Side.CRM, Merge).get(kept=kept.pk)
    unmerge(actor=ANNA, kind=KIND, merge_id=row.pk)
    assert getattr(Person.objects.get(pk=person.pk), name) != word_


def test_a_wrong_employer_and_function_are_gone_also_from_the_bin(person: Person) -> None:
    firm = create_organisation(actor=ANNA, name="Nie dort GmbH")
    function = word("Prokurist")
    role = contact_commands.add_affiliation(
        actor=ANNA, person=person, organisation=firm, function=function
    )
    with store.group(Side.CRM, "test") as unit:
        contact_commands.remove_affiliation(actor=ANNA, affiliation_id=role.pk)
        batch = str(unit.batch)
    assert function.casefold() in texts(Side.CRM)
    offered = {one.field for one in former(ANNA, person)}
    assert {"affiliation.organisation", "affiliation.function"} <= offered
    rectified(person, "affiliation.function", "affiliation.organisation")
    assert function.casefold() not in texts(Side.CRM)
    with pytest.raises(DomainError):
        undo(ANNA, Side.CRM, batch)
    assert not person.affiliations.exists()
    for more in ({"function": function.upper()}, {}):
        with pytest.raises(DomainError, match="was corrected"):
            contact_commands.add_affiliation(actor=FILE, person=person, organisation=firm, **more)
    contact_commands.add_affiliation(actor=ANNA, person=person, organisation=firm)


def test_a_role_whose_function_was_wrong_comes_back_without_it(person: Person) -> None:
    firm = create_organisation(actor=ANNA, name="Zeiss")
    function = word("Prokurist")
    role = contact_commands.add_affiliation(
        actor=ANNA, person=person, organisation=firm, function=function
    )
    with store.group(Side.CRM, "test") as unit:
        contact_commands.remove_affiliation(actor=ANNA, affiliation_id=role.pk)
        batch = str(unit.batch)
    rectified(person, "affiliation.function")
    undo(ANNA, Side.CRM, batch)
    back = person.affiliations.get()
    assert (back.organisation, back.function) == (firm, "")


def test_what_a_note_or_a_step_said_wrongly_is_gone_from_the_timeline(person: Person) -> None:
    said, step = word("Insolvenz"), word("Mahnung")
    note = add_activity(actor=ANNA, text=f"Er sprach von {said}", about=person)
    change_activity(actor=ANNA, activity_id=note.pk, version=None, text="Er sprach vom Umzug")
    changed(person, next_step=step)
    person.refresh_from_db()
    finish(KIND, ANNA, person.pk, seen(person, PLANNING))
    there = texts(Side.CRM)
    assert said.casefold() in there
    assert step.casefold() in there
    rectified(person, "activity.text", "next_step")
    left = texts(Side.CRM).splitlines()
    assert [one for one in left if said.casefold() in one or step.casefold() in one] == []
    assert TimelineEntry.objects.filter(person=person, kind="step_done").exists()


def test_fields_that_somebody_may_not_see_are_not_offered_to_them(person: Person) -> None:
    changed(person, last_name="Richtig", birth_date=date(1981, 1, 2))
    person.refresh_from_db()
    blind = replace(ANNA, hidden={"crm.person": frozenset({"birth_date"})})
    assert {one.field for one in former(ANNA, person)} == {"last_name", "birth_date"}
    assert {one.field for one in former(blind, person)} == {"last_name"}
