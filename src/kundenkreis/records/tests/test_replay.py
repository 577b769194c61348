"""The audit says all there is to know: played from its beginning it gives what is there now."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import audit, rowvalues
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")
VALUES = {
    "last_name": ["Weiß", "Kern", "Weiss"],
    "first_name": ["Jana", "", "J\u0061\u0308na"],
    "source": ["", "web", "fair"],
    "birth_date": [None, date(1984, 2, 29)],
    "tags": [[], ["VIP"], ["VIP", "Messe"]],
    "owner_id": [None, 1],
}
STEPS = st.lists(
    st.sampled_from(["remove", "back"])
    | st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in VALUES.items()}),
    max_size=12,
)


def replayed(target: str) -> dict[str, Any]:
    """What the audit says of a record, from the first entry on."""
    state: dict[str, Any] = {}
    for entry in reversed(audit.latest(Side.CRM, target, 500)):
        state |= {name: new for name, (_, new) in entry.change.fields.items()}
    return {name: value for name, value in state.items() if value not in (None, "", {}, [])}


def present(pk: int) -> dict[str, Any]:
    there = list(Person.objects.filter(pk=pk))
    found = rowvalues.of_new(Person, there)[0] if there else {}
    return {name: audit.plain(new) for name, (_, new) in found.items()}


@given(taken=STEPS)
@settings(max_examples=40, deadline=None)
def test_replaying_the_audit_gives_the_present_state(taken: list[Any]) -> None:
    """Whatever is changed, deleted, brought back and taken back, in any order."""
    person = create_person(actor=ANNA, last_name="Weiß")
    for step in taken:
        if step == "back":
            latest = audit.latest(Side.CRM, reference(person), 1)[0]
            with suppress(DomainError):  # it was taken back already, or is what made the record
                undo(ANNA, Side.CRM, latest.batch)
        elif Person.objects.filter(pk=person.pk).exists():
            if step == "remove":
                write.remove(PERSON, ANNA, person.pk)
            else:
                write.change(PERSON, ANNA, person.pk, None, step)
        assert replayed(reference(person)) == present(person.pk)


def test_control_a_write_around_the_door_is_not_in_the_replay() -> None:
    person = create_person(actor=ANNA, last_name="Weiß")
    assert replayed(reference(person)) == present(person.pk)
    Person.objects.filter(pk=person.pk).update(last_name="Kern")
    assert replayed(reference(person)) != present(person.pk)
