"""The audit witness itself: it is quiet behind the door, and speaks up past it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from tests.witness import ALLOWED, Witness

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def anna() -> Person:
    with store.group(Side.CRM, "test"):
        return store.create(ANNA, Person, last_name="Weiß")


def update(pk: int) -> None:
    store.rows(Person).filter(pk=pk).update(last_name="Schwarz")


def update_in_one_statement(pk: int) -> None:
    bulk.update(Person, ("id", "last_name"), [(pk, "Schwarz")])


def delete(pk: int) -> None:
    store.rows(Person).filter(pk=pk).delete()


def insert(pk: int) -> None:
    person = store.rows(Person).get(pk=pk)
    person.pk = None
    bulk.insert_objects([person])


@pytest.mark.parametrize("past", [update, update_in_one_statement, delete, insert])
def test_a_write_past_the_door_is_found(
    anna: Person, past: Callable[[int], None], audit_witness: Witness
) -> None:
    with store.group(Side.CRM, "test.past"):
        past(anna.pk)
    (hole,) = audit_witness.holes
    audit_witness.holes.clear()
    assert "person" in hole
    assert "test.past" in hole


def test_the_audit_of_another_type_does_not_excuse_it(anna: Person, audit_witness: Witness) -> None:
    with store.group(Side.CRM, "test"):
        store.create(ANNA, Organisation, name="Rheintal")
        update(anna.pk)
    assert len(audit_witness.holes) == 1
    audit_witness.holes.clear()


def test_what_goes_through_the_door_in_many_commands_is_fine(
    anna: Person, audit_witness: Witness
) -> None:
    with store.group(Side.CRM, "outer"):
        for name in ("Schwarz", "Grün"):
            with store.group(Side.CRM, "inner"):
                store.change(SYSTEM, store.lock(Person, anna.pk), last_name=name)
        store.remove(SYSTEM, store.lock(Person, anna.pk))
    assert audit_witness.holes == []


def test_what_is_taken_back_or_only_tried_was_not_written(
    anna: Person, audit_witness: Witness
) -> None:
    def refused() -> None:
        with store.group(Side.CRM, "inner"):
            update(anna.pk)
            raise NotFound

    with store.group(Side.CRM, "outer"), pytest.raises(NotFound):
        refused()
    with store.trial(Side.CRM, "trial"):
        update(anna.pk)
    assert audit_witness.holes == []


def test_an_exception_holds_for_its_columns_only(anna: Person, audit_witness: Witness) -> None:
    with store.group(Side.CRM, "test"):
        store.rows(Person).filter(pk=anna.pk).update(contacted_on=None)
    assert audit_witness.holes == []
    with store.group(Side.CRM, "test"):
        store.rows(Person).filter(pk=anna.pk).update(contacted_on=None, last_name="Grün")
    assert len(audit_witness.holes) == 1
    audit_witness.holes.clear()


def test_every_exception_has_a_reason_and_says_what_it_is_about() -> None:
    for one in ALLOWED:
        assert len(one.why) > 20
        assert one.columns or one.command or one.model != "*"
