"""What was made together is taken back together, set-based."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.crm.people.commands import create_persons
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import audit, removal, store
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")


def _made(count: int, batch: str) -> list[Person]:
    with store.group(Side.CRM, "test", batch):
        rows = [{"last_name": f"Nr. {n}", "email": f"{n}@{batch}.example"} for n in range(count)]
        return [one for one in create_persons(actor=ANNA, rows=rows) if isinstance(one, Person)]


def test_what_was_made_together_goes_together_and_comes_back_one_by_one() -> None:
    people = _made(6, "six")
    add_activity(actor=ANNA, about=people[3], text="Called.", kind="task")
    write.change(PERSON, ANNA, people[4].pk, None, {"first_name": "Jana"})
    result = undo(ANNA, Side.CRM, "six")
    assert (result.count, len(result.left)) == (4, 2)
    assert set(Person.objects.values_list("pk", flat=True)) == {people[3].pk, people[4].pk}
    entries = audit.latest(Side.CRM, reference(people[0]), 1)
    assert [one.action for one in entries] == ["remove"]
    # The bin has each with its own parts; all of it can be done again.
    with store.group(Side.CRM, "test"):
        kept = removal.waiting(entries[0].batch, 100)
    parts = {
        images[0].row: [one.image["value"] for one in images if "value" in one.image]
        for images in kept
    }
    assert parts == {people[n].pk: [f"{n}@six.example"] for n in (0, 1, 2, 5)}
    assert undo(ANNA, Side.CRM, entries[0].batch).count == 4
    assert Person.objects.count() == ContactDetail.objects.count() == 6


def test_taking_many_back_does_not_ask_for_each(
    django_assert_max_num_queries: Any,
) -> None:
    _made(40, "many")
    with django_assert_max_num_queries(400, using="default"):  # row by row it is 2,000
        assert undo(ANNA, Side.CRM, "many").count == 40
