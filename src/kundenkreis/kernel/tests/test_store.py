from __future__ import annotations

import pytest
from django.db import IntegrityError

from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import audit, store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.errors import Conflict, NotFound
from kundenkreis.kernel.models import AuditChange, AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, CRM
from kundenkreis.kernel.transactions import unit_of_work

pytestmark = pytest.mark.django_db(databases=CRM)


def make_person(**values: str) -> Person:
    with store.group(Side.CRM, "test"):
        return store.create(ANNA, Person, **{"first_name": "Jana", "last_name": "Weiß", **values})


def test_it_records_who_created_what() -> None:
    with freeze("2026-11-21T12:00:00Z"):
        person = make_person()
    entry = AuditEntry.objects.using("default").get()
    assert (entry.actor, entry.action, entry.target) == (
        "user:1",
        "create",
        f"crm.person:{person.pk}",
    )
    assert AuditChange.objects.using("default").get().fields["last_name"] == [None, "Weiß"]


def test_it_records_only_fields_that_changed() -> None:
    person = make_person()
    with store.group(Side.CRM, "test"):
        locked = store.lock(Person, person.pk)
        assert store.change(ANNA, locked, first_name="Jana", last_name="Weiss")
    change = AuditChange.objects.using("default").order_by("-entry_id")[0]
    assert change.fields == {"last_name": ["Weiß", "Weiss"]}
    assert locked.version == 2


def test_it_writes_nothing_when_nothing_changed() -> None:
    person = make_person()
    with store.group(Side.CRM, "test"):
        assert not store.change(ANNA, store.lock(Person, person.pk), last_name="Weiß")
    assert AuditEntry.objects.using("default").count() == 1


def test_it_refuses_to_write_over_somebody_elses_change() -> None:
    person = make_person()
    with store.group(Side.CRM, "test"):
        mine, theirs = store.lock(Person, person.pk), store.lock(Person, person.pk)
        store.change(ANNA, theirs, first_name="Johanna")
        with pytest.raises(Conflict):
            store.change(ANNA, mine, first_name="Janine")


def test_it_stores_text_in_one_normal_form() -> None:
    decomposed = "Mu\u0308ller"
    assert make_person(last_name=decomposed).last_name == "Müller"


def test_it_keeps_the_image_of_what_it_removes() -> None:
    person = make_person()
    with store.group(Side.CRM, "test"):
        store.remove(ANNA, store.lock(Person, person.pk))
        with pytest.raises(NotFound):
            store.lock(Person, person.pk)
    change = AuditChange.objects.using("default").order_by("-entry_id")[0]
    assert change.fields["last_name"] == ["Weiß", None]


@pytest.mark.django_db(databases=BOTH)
def test_it_refuses_to_write_to_both_sides_in_one_unit() -> None:
    with unit_of_work(Side.CRM, "outer"), pytest.raises(RuntimeError), unit_of_work(Side.ENGAGE):
        pass


def test_it_refuses_to_write_outside_a_command() -> None:
    with pytest.raises(RuntimeError):
        store.create(ANNA, Person, last_name="Nobody")


def test_the_sealed_chain_names_an_altered_row() -> None:
    for _ in range(3):
        make_person()
    assert audit.seal(Side.CRM) in (
        0,
        3,
    )  # 0 on PostgreSQL: the test's transaction is still running
    entry = AuditEntry.objects.using("default").order_by("id")[1]
    if audit.AuditSeal.objects.using("default").exists():
        assert list(audit.verify(Side.CRM)) == []
        AuditEntry.objects.using("default").filter(pk=entry.pk).update(actor="user:99")
        assert [damage.entry_id for damage in audit.verify(Side.CRM)] == [entry.pk]


def test_what_is_only_tried_says_its_refusals_and_leaves_nothing() -> None:
    with store.trial(Side.CRM, "test"):
        person = store.create(ANNA, Person, last_name="Weiß")
        assert store.rows(Person).get(pk=person.pk).last_name == "Weiß"
        with pytest.raises(IntegrityError), store.group(Side.CRM):
            store.append(Person, [person])
    assert not Person.objects.exists()
    assert not AuditEntry.objects.using("default").exists()
    make_person()  # what is meant stays
    assert (Person.objects.count(), AuditEntry.objects.using("default").count()) == (1, 1)


def test_nothing_is_tried_within_what_is_meant() -> None:
    with (
        store.group(Side.CRM, "test"),
        pytest.raises(RuntimeError, match="inside of what is meant"),
        store.trial(Side.CRM, "test"),
    ):
        pass
