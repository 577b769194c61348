"""New objects are what the model's own constructor makes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from django.db.models.signals import post_init

from kundenkreis.crm.people.models import Affiliation, Person
from kundenkreis.kernel import instances
from kundenkreis.kernel.record import Record

RECORDS = [model for model in apps.get_models() if issubclass(model, Record)]


def said(obj: Model) -> dict[str, Any]:
    return {
        name: type(value) if isinstance(value, DatabaseDefault | UUID | datetime) else value
        for name, value in vars(obj).items()
        if name != "_state"
    }


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_it_makes_what_the_constructor_makes(model: type[Model]) -> None:
    values = {"owner_id": 7, "tags": ["VIP"]}
    made, ours = model(**values), instances.new(model, values)
    assert said(ours) == said(made)
    assert ours._state.adding
    assert ours._state.db is None


def test_no_two_share_what_can_be_changed() -> None:
    one, other = instances.new(Person, {}), instances.new(Person, {})
    assert one.custom is not other.custom
    assert one._state is not other._state


def test_a_related_object_is_known_at_once() -> None:
    person = Person(pk=5)
    made = instances.new(Affiliation, {"person": person})
    assert made.person is person
    assert made.person_id == 5


def test_it_refuses_a_field_that_is_not_there() -> None:
    with pytest.raises(TypeError, match="no field nickname"):
        instances.new(Person, {"nickname": "Bo"})


def test_whoever_listens_to_new_objects_hears_of_them() -> None:
    heard: list[Model] = []

    def listen(instance: Model, **_: Any) -> None:
        heard.append(instance)

    post_init.connect(listen, sender=Person)
    instances._blank.cache_clear()
    try:
        assert heard == [instances.new(Person, {})]
    finally:
        post_init.disconnect(listen, sender=Person)
        instances._blank.cache_clear()
