"""Values of a deleted field stay as long as it can come back, and then go for good."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.crm.people.models import Person
from kundenkreis.crm.people.records import PERSON
from kundenkreis.kernel import clock, forgetting, removal, store
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import write
from kundenkreis.records.custom import defining, definitions
from kundenkreis.records.jobs import purge_fields
from kundenkreis.records.models import FieldDefinition, FieldWork

pytestmark = pytest.mark.django_db(databases=BOTH)


def field(label: str = "Colour") -> FieldDefinition:
    return defining.create_field(actor=ANNA, kind=PERSON, type="text", label={"en": label})


def person(**values: Any) -> Person:
    made: Person = write.create(PERSON, ANNA, {"last_name": "Kern", **values})
    return made


def removed(made: FieldDefinition) -> str:
    defining.archive_field(actor=ANNA, kind=PERSON, pk=made.pk, archived=True)
    return defining.remove_field(actor=ANNA, kind=PERSON, pk=made.pk)


def worker(now: FrozenClock, days: int) -> None:
    """Some days pass; the worker does all it has to do."""
    now.advance(days=days)
    forgetting.forget(Side.CRM)
    purge_fields.enqueue()
    for _turn in range(5):
        now.advance(seconds=2)
        runner.run_due(Side.CRM)


def values() -> list[dict[str, Any]]:
    return list(Person.objects.order_by("pk").values_list("custom", flat=True))


def test_after_thirty_days_the_values_are_gone_and_the_key_is_free() -> None:
    with clock.freeze("2026-11-21T12:00:00Z") as now:
        made, size = field(), field("Size")
        for n in range(25):
            person(custom__colour="red", custom__size=str(n))
        now.advance(seconds=2)
        batch = removed(made)
        in_bin = person(custom__size="x")
        Person.objects.filter(pk=in_bin.pk).update(custom={"colour": "blue", "size": "x"})

        worker(now, 29)
        assert all(one["colour"] for one in values())
        write.remove(PERSON, ANNA, in_bin.pk)
        assert field().key == "colour_2"
        worker(now, 2)

        assert values() == [{"size": str(n)} for n in range(25)]
        assert RemovedRow.objects.using("default").get(root=True).image["custom"] == {"size": "x"}
        assert {work.state for work in FieldWork.objects.using("default")} == {"done"}
        with pytest.raises(NotFound):
            defining.restore_field(actor=ANNA, kind=PERSON, batch=batch)
        assert size.key == "size"


def test_a_field_that_came_back_in_time_keeps_its_values() -> None:
    with clock.freeze("2026-11-21T12:00:00Z") as now:
        made = field()
        person(custom__colour="red")
        batch = removed(made)
        worker(now, 20)
        back = defining.restore_field(actor=ANNA, kind=PERSON, batch=batch)
        worker(now, 20)
        assert values() == [{"colour": "red"}]

        defining.remove_field(actor=ANNA, kind=PERSON, pk=back.pk)
        worker(now, 25)
        assert values() == [{"colour": "red"}]  # its thirty days began anew
        worker(now, 6)
        assert values() == [{}]


def test_whatever_brought_it_back_its_values_stay() -> None:
    with clock.freeze("2026-11-21T12:00:00Z") as now:
        made = field()
        person(custom__colour="red")
        batch = removed(made)
        with store.group(Side.CRM):  # past the command
            (back,) = store.restore(ANNA, removal.waiting(batch, 1)[0]).roots
            definitions.changed(Side.CRM)
        worker(now, 20)
        defining.remove_field(actor=ANNA, kind=PERSON, pk=back.pk)
        worker(now, 15)
        assert values() == [{"colour": "red"}]
        worker(now, 16)
        assert values() == [{}]


def test_nobody_gets_the_key_before_the_old_values_are_gone() -> None:
    with clock.freeze("2026-11-21T12:00:00Z") as now:
        removed(field())
        person()
        now.advance(days=31)
        forgetting.forget(Side.CRM)
        with store.group(Side.CRM):
            assert not RemovedRow.objects.using("default").exists()
        assert field().key == "colour_2"
        worker(now, 0)
        assert field("Colour of old").key == "colour_of_old"
        assert not FieldWork.objects.using("default").exclude(state="done").exists()
