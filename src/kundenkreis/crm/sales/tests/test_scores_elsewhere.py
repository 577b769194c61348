"""Where scores are shown beside the page of a customer: in lists, and in the segments of marketing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person, SharedFacts
from kundenkreis.crm.sales.models import Order
from kundenkreis.crm.sales.order_facts import share_order_facts
from kundenkreis.crm.sales.score_conditions import LABELS
from kundenkreis.crm.sales.scores import refresh_scores
from kundenkreis.crm.sales.tests.test_scores import order
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.models import OutboxMessage
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named
from kundenkreis.records.lists.columns import offered
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.lists.ordering import order_of
from kundenkreis.records.merging.commands import merge

pytestmark = pytest.mark.django_db(databases=BOTH)
NAMES = {"score_recency", "score_frequency", "score_monetary"}


def customer(name: str, *nets: int, linked: bool = True) -> Person:
    made = create_person(actor=ANNA, last_name=name)
    if linked:
        Person.objects.filter(pk=made.pk).update(link_id=uuid4())
    for net in nets:
        order(made, net=net)
    return made


def told() -> int:
    messages = OutboxMessage.objects.using("default").filter(name="crm.people.FactsChanged")
    return messages.count()


def facts(person: Person) -> dict[str, object]:
    row = SharedFacts.objects.get(pk=person.pk)
    return {name: fact["value"] for name, fact in row.facts.items() if name in NAMES}


def names_in_order(parameters: str) -> list[str]:
    rows = listing(named("person"), ANNA, QueryDict(parameters), "/crm/persons/").rows
    names = ("Arm", "Reich", "Ohne")
    return [next(name for name in names if name in row) for row in rows]


def test_a_list_shows_scores_and_is_sorted_by_them_with_those_without_last() -> None:
    customer("Arm", 100)
    customer("Ohne")
    customer("Reich", 900)
    refresh_scores()
    shown = "columns=name,score_monetary&sort="
    assert names_in_order(f"{shown}score_monetary") == ["Arm", "Reich", "Ohne"]
    assert names_in_order(f"{shown}-score_monetary") == ["Reich", "Arm", "Ohne"]
    found = listing(named("person"), ANNA, QueryDict(f"{shown}-score_monetary"), "/crm/persons/")
    assert [head.label for head in found.heads][1] == str(LABELS["monetary"])
    assert f'data-label="{LABELS["monetary"]}">3</td>' in found.rows[0]  # a phone has no heads
    assert ">1</td>" in found.rows[1]
    assert "></td>" in found.rows[2]


def test_a_page_of_a_list_reads_all_scores_at_once(django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        customer(f"P{number}", number)
    refresh_scores()
    plain, scored = "columns=name", "columns=name,score_monetary,score_recency"
    listing(named("person"), ANNA, QueryDict(plain), "/crm/persons/")
    with django_assert_max_num_queries(50) as before:
        listing(named("person"), ANNA, QueryDict(plain), "/crm/persons/")
    with django_assert_max_num_queries(len(before) + 1):
        listing(named("person"), ANNA, QueryDict(scored), "/crm/persons/")


def test_who_may_not_know_all_orders_is_neither_offered_scores_nor_sorts_by_them() -> None:
    person, words = named("person"), QueryDict("sort=score_monetary")
    some = MappingProxyType({"crm.person.read": Level.ALL, "crm.order.read": Level.OWN})
    ben = Viewer("Ben", 2, grants=some)
    assert {column.name for column in offered(person, ANNA)} >= NAMES
    assert not {column.name for column in offered(person, ben)} & NAMES
    assert order_of(person, ANNA, words)[0] == "score_monetary"
    assert order_of(person, ben, words)[0] != "score_monetary"


def test_marketing_is_told_the_scores_of_persons_once() -> None:
    one, two = customer("A", 100), customer("B", 900)
    refresh_scores()
    assert facts(one) == {"score_recency": 1, "score_frequency": 1, "score_monetary": 1}
    assert facts(two)["score_monetary"] == 3
    assert told() == 2
    refresh_scores()
    assert told() == 2


def test_marketing_is_told_when_a_score_changes_or_there_is_none_any_more() -> None:
    one, two = customer("A", 100), customer("B", 900)
    refresh_scores()
    Order.objects.filter(person=two).delete()
    order(one, net=1)
    refresh_scores()
    assert facts(two) == dict.fromkeys(NAMES)
    assert facts(one)["score_frequency"] == 1
    assert told() == 3  # what one bought is different, how it is scored is not


def test_the_score_that_a_merge_leaves_is_told_with_the_orders() -> None:
    kept, gone = customer("A"), customer("B", 900)
    customer("C", 100)
    share_order_facts(actor=ANNA, person_ids=[kept.pk])
    refresh_scores()
    merge(actor=ANNA, kind=named("person"), kept_id=kept.pk, gone_id=gone.pk)
    assert facts(kept)["score_monetary"] == 3
