"""How customers buy beside each other: recency, frequency and revenue, each from 1 to 5."""

from __future__ import annotations

from array import array
from datetime import timedelta
from decimal import Decimal
from itertools import count
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.people.restricting import restrict_person
from kundenkreis.crm.sales import panels
from kundenkreis.crm.sales import scores as scores_module
from kundenkreis.crm.sales.models import CustomerScore, Order
from kundenkreis.crm.sales.score_conditions import vocabulary
from kundenkreis.crm.sales.score_values import pieces
from kundenkreis.crm.sales.scores import GROUPS, PARTS, refresh_scores, score_of
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.conditions import Compare, Moment
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named
from kundenkreis.records.lists.vocabulary import vocabulary as words_of
from kundenkreis.records.merging.commands import merge, unmerge
from kundenkreis.records.models import Merge

pytestmark = pytest.mark.django_db(databases=BOTH)
NUMBERS = count(1)


def order(who: Person | Organisation, net: int, days_ago: int = 10, **values: Any) -> Order:
    name = "person" if isinstance(who, Person) else "organisation"
    at = clock.now() - timedelta(days=days_ago)
    made: Order = Order.objects.create(
        number=str(next(NUMBERS)), source="test", placed_at=at, net_minor=net, tax_minor=0,
        gross_minor=net, created_at=at, changed_at=at,
        **{"currency": "EUR", name: who, **values},
    )  # fmt: skip
    return made


def person(name: str = "Kern") -> Person:
    return create_person(actor=ANNA, last_name=name)


def scores(who: Person | Organisation) -> tuple[int, int, int] | None:
    found = score_of(ANNA, who)
    return found and (found.score.recency, found.score.frequency, found.score.monetary)


def test_five_different_customers_have_the_five_scores() -> None:
    people = [person(str(n)) for n in range(5)]
    for n, one in enumerate(people):
        for _ in range(n + 1):
            order(one, net=1_000 * (n + 1), days_ago=100 - 10 * n)
    assert refresh_scores() == 5
    assert [scores(one) for one in people] == [(n, n, n) for n in range(1, 6)]


def test_equal_values_have_equal_scores_and_cancelled_orders_count_for_nothing() -> None:
    one, two, three = person("A"), person("B"), person("C")
    at = clock.now() - timedelta(days=3)
    for who in (one, two):
        made = order(who, net=500)
        Order.objects.filter(pk=made.pk).update(placed_at=at)
    order(two, net=90_000, state="cancelled")
    order(two, net=0, kind="cancellation")
    order(three, net=100, days_ago=2)
    refresh_scores()
    assert scores(one) == scores(two) == (1, 1, 2)
    assert scores(three) == (1 + 5 * 2 // 3, 1, 1)


def test_only_the_last_36_months_the_companys_currency_count() -> None:
    old, foreign = person("A"), person("B")
    firm = create_organisation(actor=ANNA, name="Zeiss")
    order(old, net=500, days_ago=37 * 31)
    order(foreign, net=500, currency="CHF")
    order(firm, net=700)
    refresh_scores()
    assert scores(old) is None
    assert CustomerScore.objects.get(person=foreign).net_minor == 0
    assert scores(firm) == (1, 1, 1)


def test_an_order_that_comes_while_scores_are_worked_out_is_no_better_than_the_best() -> None:
    one = person()
    order(one, net=100)
    (piece,) = pieces("person", clock.now(), 10)
    for values in (array("q", [1]), array("q")):
        made = scores_module._scored(piece[one.pk], (values, values, values))
        assert made[:2] == ((5, 1) if values else (1, 1))


def test_who_is_restricted_is_neither_scored_nor_compared_with() -> None:
    one, two = person("A"), person("B")
    order(one, net=100)
    order(two, net=900, days_ago=1)
    refresh_scores()
    restrict_person(actor=ANNA, person_id=one.pk, reason="contested")
    refresh_scores()
    assert not CustomerScore.objects.filter(person=one).exists()
    assert scores(two) == (1, 1, 1)  # nobody is worse any more


def test_only_who_may_read_all_orders_and_their_amounts_knows_a_score() -> None:
    one = person()
    order(one, net=100)
    refresh_scores()
    assert panels.scores_panel(ANNA, one) is not None
    for grants, hidden in (
        ({"crm.person.read": Level.ALL, "crm.order.read": Level.OWN}, {}),
        ({"crm.person.read": Level.ALL}, {}),
        ({"crm.*.read": Level.ALL}, {"crm.order": frozenset({"net_minor"})}),
    ):
        ben = Viewer("Ben", 2, grants=MappingProxyType(grants), hidden=hidden)
        assert panels.scores_panel(ben, one) is None
        assert vocabulary(ben) is None


def test_a_second_night_writes_only_what_is_different() -> None:
    people = [person(str(n)) for n in range(3)]
    for n, one in enumerate(people):
        order(one, net=100 * n)
    refresh_scores()
    before = dict(CustomerScore.objects.values_list("person", "pk"))
    order(people[0], net=10_000, days_ago=0)
    Order.objects.filter(person=people[2]).delete()
    refresh_scores()
    after = dict(CustomerScore.objects.values_list("person", "pk"))
    assert after.keys() == {people[0].pk, people[1].pk}
    assert after[people[0].pk] != before[people[0].pk]


def test_lists_are_narrowed_by_scores() -> None:
    poor, rich = person("A"), person("B")
    order(poor, net=100)
    order(rich, net=900)
    person("C")
    refresh_scores()
    words = words_of(named("person"), ANNA)
    tree = Compare("score_monetary", "gte", Decimal(3))
    found = conditions.to_q(tree, words, clock.now())
    assert list(Person.objects.filter(found)) == [rich]
    moment = Moment(clock.now())
    held = [one for one in Person.objects.all() if conditions.evaluate(tree, words, one, moment)[0]]
    assert held == [rich]


def test_of_two_that_become_one_the_score_of_one_stays_and_comes_back() -> None:
    kept, gone = person("A"), person("B")
    order(kept, net=100)
    order(gone, net=900)
    refresh_scores()
    merge(actor=ANNA, kind=named("person"), kept_id=kept.pk, gone_id=gone.pk)
    assert CustomerScore.objects.get().person == kept
    unmerge(actor=ANNA, kind=named("person"), merge_id=Merge.objects.using("default").get().pk)
    refresh_scores()
    assert CustomerScore.objects.count() == 2


VALUES = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 4), st.integers(-500, 10**9)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15)
@given(values=VALUES)
def test_scores_are_as_the_rule_says(values: list[tuple[int, int, int]]) -> None:
    CustomerScore.objects.all().delete()
    Order.objects.all().delete()
    now = clock.now().replace(microsecond=0)
    people = []
    with clock.freeze(now):
        for days, orders, net in values:
            who = person()
            people.append(who)
            for place in range(orders):
                order(who, net=net if place == 0 else 0, days_ago=days)
        refresh_scores()
    plain = [(-days, orders, net) for days, orders, net in values]
    for who, mine in zip(people, plain, strict=True):
        worse = [sum(other[part] < mine[part] for other in plain) for part in range(len(PARTS))]
        wanted = tuple(1 + GROUPS * n // len(plain) for n in worse)
        assert scores(who) == wanted
