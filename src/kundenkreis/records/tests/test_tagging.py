"""Tags of records: written with the record, found by the index, taken back like any field."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import audit
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.models import IndexedWord
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.custom import layout
from kundenkreis.records.fields import info
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.lists.listing import listing, narrowed
from kundenkreis.records.lists.menus import Menu
from kundenkreis.records.lists.vocabulary import vocabulary
from kundenkreis.records.lists.words import completed, in_use
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")
OWN = Viewer("Dora", user_id=9, grants={"crm.person.*": Level.OWN})


def person(name: str, *tags: str, **values: Any) -> Person:
    return create_person(actor=ANNA, last_name=name, tags=list(tags), **values)


def tag(record: Person, *tags: str) -> None:
    write.change(PERSON, ANNA, record.pk, None, {"tags": list(tags)})


def listed(viewer: Viewer = ANNA, **parameters: Any) -> set[str]:
    rows, filters = narrowed(PERSON, viewer, QueryDict(urlencode(parameters)), "/")
    assert not filters.problem
    return set(rows.values_list("last_name", flat=True))


def asked(op: str, *words: str) -> dict[str, str]:
    node = {"type": "compare", "field": "tags", "op": op} | ({"value": words} if words else {})
    return {"where": json.dumps({"v": 1, "where": node})}


def test_a_list_is_narrowed_by_tags() -> None:
    person("A", "VIP", "Messe"), person("B", "vip"), person("C")
    assert listed(**asked("has_any", "VIP")) == {"A", "B"}
    assert listed(**asked("has_all", "VIP", "messe")) == {"A"}
    assert listed(**asked("has_none", "Messe")) == {"B", "C"}
    assert listed(**asked("empty")) == {"C"}
    assert listed(q="messe") == {"A"}


def test_the_index_follows_every_way_a_record_changes() -> None:
    one = person("A", "VIP")
    tag(one, "Neu", "neu", "Alt")
    one.refresh_from_db()
    assert (one.tags, listed(**asked("has_any", "VIP"))) == (["Neu", "Alt"], set())
    undo(ANNA, Side.CRM, audit.latest(Side.CRM, reference(one), 1)[0].batch)
    assert listed(**asked("has_any", "VIP")) == {"A"}
    write.remove(PERSON, ANNA, one.pk)
    assert not IndexedWord.objects.using("default").exists()
    undo(ANNA, Side.CRM, audit.latest(Side.CRM, reference(one), 1)[0].batch)
    assert listed(**asked("has_any", "VIP")) == {"A"}


def test_a_write_of_something_else_leaves_the_index_alone() -> None:
    one = person("A", "VIP")
    kept = IndexedWord.objects.using("default").get().pk
    write.change(PERSON, ANNA, one.pk, None, {"last_name": "B"})
    assert IndexedWord.objects.using("default").get().pk == kept


def test_the_history_says_which_tags_there_were() -> None:
    one = person("A", "VIP")
    tag(one, "VIP", "Neu")
    made, _after = steps(PERSON, ANNA, one)
    assert [(line.label, line.before, line.after) for line in made[0].lines] == [
        ("Tags", "VIP", "VIP, Neu")
    ]


def test_only_tags_of_records_one_may_read_are_offered() -> None:
    person("A", "Geheim"), person("B", "Mein", "Neu", owner_id=9)
    assert in_use(PERSON, ANNA, ["tags", "source"]) == {
        "tags": ["Geheim", "Mein", "Neu"], "source": [],
    }  # fmt: skip
    assert in_use(PERSON, OWN, ["tags"]) == {"tags": ["Mein", "Neu"]}
    offered = vocabulary(PERSON, OWN).field("tags").choices()
    assert [choice.value for choice in offered] == ["Mein", "Neu"]


def test_every_record_shows_its_tags_in_place() -> None:
    for kind in (PERSON, named("organisation"), named("opportunity"), named("product")):
        assert "tags" in layout.fact_names(kind, ANNA), kind.name
    hidden = Viewer(
        "Emil", 5, grants={"crm.person.*": Level.ALL}, hidden={"crm.person": frozenset({"tags"})}
    )
    assert "tags" not in layout.fact_names(PERSON, hidden)


def test_tags_are_typed_with_commas() -> None:
    form = RecordForm(PERSON, ANNA, ["tags"], {"tags": "VIP,  Messe 2026, vip"})
    assert form.is_valid()
    assert form.cleaned_data == {"tags": ["VIP", "Messe 2026"]}
    shown = RecordForm(PERSON, ANNA, ["tags"], record=Person(tags=["VIP", "Neu"]))
    assert 'value="VIP, Neu"' in str(shown["tags"])
    assert info(Person, "tags").several


def test_lists_are_narrowed_by_tags_in_use_of_records_one_may_read() -> None:
    person("A", "Geheim"), person("B", "Mein", "Neu", owner_id=9)
    assert [one.label for one in menu(ANNA).options] == ["Geheim", "Mein", "Neu"]
    assert [one.label for one in menu(OWN).options] == ["Mein", "Neu"]
    assert listing(PERSON, OWN, QueryDict("tags=Neu"), "/").count == 1
    assert listing(PERSON, OWN, QueryDict("tags=Geheim"), "/").count == 0


def menu(viewer: Viewer) -> Menu:
    menus = listing(PERSON, viewer, QueryDict(), "/").filters.menus
    return next(one for one in menus if one.name == "tags")


def test_typing_tags_suggests_those_in_use_that_are_not_there_yet() -> None:
    person("A", "VIP", "Vertrieb", "Messe"), person("B", "Verborgen", owner_id=9)
    assert completed(PERSON, ANNA, "tags", "ve") == ["Verborgen", "Vertrieb"]
    assert completed(PERSON, ANNA, "tags", "Vertrieb, v") == [
        "Vertrieb, Verborgen",
        "Vertrieb, VIP",
    ]
    assert completed(PERSON, OWN, "tags", "") == ["Verborgen"]
    assert completed(PERSON, ANNA, "source", "") == []
