"""Merging and parting where something was meant to go wrong."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from kundenkreis.crm.people import commands, contact_commands, permissions
from kundenkreis.crm.people.contacting import lights_of
from kundenkreis.crm.people.customer_commands import link_person
from kundenkreis.crm.people.entries import timeline
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.permissions import Statement
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import clock, forgetting, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import AuditEntry, RemovedRow
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.merging.commands import merge, merges_of, unmerge
from kundenkreis.records.models import Mark, Merge
from kundenkreis.records.page.marks import toggle
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")


def person(first: str, email: str) -> Person:
    return commands.create_person(actor=ANNA, first_name=first, last_name="Weiß", email=email)


def together(kept: Person, gone: Person, **more: Any) -> Any:
    return merge(actor=ANNA, kind=PERSON, kept_id=kept.pk, gone_id=gone.pk, **more)


def says(granted: bool, days: int, subject: str, purpose: str = "marketing") -> None:
    statement = Statement(
        subject_kind="email", subject=subject, purpose=purpose, channel="email",
        granted=granted, since=clock.now() - timedelta(days=days),
    )  # fmt: skip
    permissions.project_consent(actor=ANNA, statements=[statement])


def mail_allowed(*people: Person) -> list[bool]:
    found = lights_of(list(Person.objects.filter(pk__in=[one.pk for one in people]).order_by("pk")))
    return [lights[0].allowed for lights in found.values()]


def test_an_objection_of_one_address_is_not_lifted_by_what_another_one_agreed_to() -> None:
    one, two = person("Anna", "a@example.org"), person("A.", "b@example.org")
    says(False, 9, "a@example.org")
    says(False, 5, "b@example.org", purpose="")
    says(True, 2, "b@example.org")
    assert mail_allowed(one, two) == [False, True]
    together(one, two)
    assert mail_allowed(one) == [False]


def test_an_objection_holds_for_both_when_the_merged_one_was_fetched_from_the_bin() -> None:
    one, two = person("Anna", "a@example.org"), person("A.", "b@example.org")
    for each in (one, two):
        link_person(actor=ANNA, person_id=each.pk)
    says(True, 9, "a@example.org")
    says(True, 9, "b@example.org")
    permissions.record_objection(actor=ANNA, person_id=two.pk, channel="email", purpose="")
    assert mail_allowed(one, two) == [True, False]
    together(one, two)
    with store.group(Side.CRM, "test"):
        store.restore(ANNA, list(RemovedRow.objects.using("default").all()))
    back = Person.objects.get(pk=two.pk)
    contact_commands.add_contact_detail(
        actor=ANNA, holder=back, kind="email", value="c@example.org"
    )
    says(True, 9, "c@example.org")
    assert mail_allowed(one) == [False]
    assert mail_allowed(one, two) == [False, False]


def test_nobody_is_parted_from_whom_the_bin_has_forgotten() -> None:
    one, two = person("Anna", "a@example.org"), person("A.", "b@example.org")
    add_activity(actor=ANNA, about=two, kind="call", text="Angerufen")
    toggle(PERSON, ANNA, two.pk, Mark.What.STAR)
    together(one, two)
    RemovedRow.objects.using("default").all().delete()
    (row,) = merges_of(PERSON, one.pk)
    with pytest.raises(DomainError):
        unmerge(actor=ANNA, kind=PERSON, merge_id=row.pk)
    assert Mark.objects.using("default").filter(what="star").get().row == one.pk
    assert Person.objects.get().timeline.filter(kind="call").exists()


def test_a_parting_is_not_taken_back_by_halves() -> None:
    one, two = person("Anna", "a@example.org"), person("A.", "b@example.org")
    link_person(actor=ANNA, person_id=two.pk)
    says(True, 9, "a@example.org")
    permissions.record_objection(actor=ANNA, person_id=two.pk, channel="email", purpose="")
    done = together(one, two)
    undo(ANNA, Side.CRM, done.batch)
    parting = AuditEntry.objects.using("default").latest("pk").batch
    assert parting != done.batch
    with pytest.raises(DomainError, match="as a whole"):
        undo(ANNA, Side.CRM, parting)
    assert one.contact_details.get().value == "a@example.org"
    assert two.contact_details.get().value == "b@example.org"
    together(one, two)
    assert mail_allowed(one) == [False]


@pytest.mark.parametrize("linked", ["both", "kept", "gone", "none"])
def test_an_objection_told_of_two_in_one_stands_for_both_when_they_are_parted(linked: str) -> None:
    one, two = person("Anna", "a@example.org"), person("A.", "b@example.org")
    for name, each in (("kept", one), ("gone", two)):
        if linked in (name, "both"):
            link_person(actor=ANNA, person_id=each.pk)
    says(True, 9, "a@example.org")
    says(True, 9, "b@example.org")
    done = together(one, two)
    permissions.record_objection(actor=ANNA, person_id=one.pk, channel="email", purpose="")
    undo(ANNA, Side.CRM, done.batch)
    assert mail_allowed(one, two) == [False, False]


def test_parting_names_no_record_that_its_reader_may_not_see() -> None:
    one, two, third = (person(name, f"{name}@example.org") for name in ("a", "b", "c"))
    sales.ship_pipeline(actor=ANNA)
    deal = sales.create_opportunity(actor=ANNA, title="GEHEIM", person=two)
    done = together(one, two)
    write.change(named("opportunity"), ANNA, deal.pk, None, {"person": third})
    grants = {"crm.person.*": Level.ALL}
    only_people = Viewer("Petra", 5, grants=MappingProxyType(grants))
    left = [str(one) for one in undo(only_people, Side.CRM, done.batch).left]
    assert left == ["Something that you may not see stays as it is."]


def test_control_whoever_may_see_it_reads_its_name() -> None:
    one, two, third = (person(name, f"{name}@example.org") for name in ("a", "b", "c"))
    sales.ship_pipeline(actor=ANNA)
    deal = sales.create_opportunity(actor=ANNA, title="GEHEIM", person=two)
    done = together(one, two)
    write.change(named("opportunity"), ANNA, deal.pk, None, {"person": third})
    assert "GEHEIM" in str(undo(ANNA, Side.CRM, done.batch).left[0])


def test_a_merge_is_forgotten_with_the_bin() -> None:
    one, two = person("a", "a@example.org"), person("b", "b@example.org")
    together(one, two)
    assert merges_of(PERSON, one.pk)
    with clock.freeze(clock.now() + timedelta(days=31)):
        while forgetting.forget_rows(Side.CRM, Merge):
            pass
    assert not merges_of(PERSON, one.pk)


def test_the_name_of_the_one_that_went_is_hidden_from_whom_names_are_hidden() -> None:
    one, two = person("Anna", "a@example.org"), person("Heimlich", "b@example.org")
    together(one, two)
    grants = {"*.*.*": Level.ALL}
    hidden = {"crm.person": frozenset({"first_name"})}
    reader = Viewer("Petra", 5, grants=MappingProxyType(grants), hidden=hidden)
    told = [entry.payload for entry in timeline(reader, one).rows if entry.kind == "merged"]
    assert told
    assert all("name" not in payload for payload in told)
