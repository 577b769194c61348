"""An organisation is scored by the orders in its name and those of its people, once each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.contact_commands import add_affiliation
from kundenkreis.crm.people.models import Affiliation, Organisation, Person
from kundenkreis.crm.people.restricting import restrict_person
from kundenkreis.crm.sales import queries, score_values
from kundenkreis.crm.sales.models import CustomerScore, Order
from kundenkreis.crm.sales.scores import refresh_scores
from kundenkreis.crm.sales.tests.test_scores import order
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)


def firm_with(*names: str) -> tuple[Organisation, list[Person]]:
    firm = create_organisation(actor=ANNA, name="Zeiss")
    people = [create_person(actor=ANNA, last_name=name, organisation=firm) for name in names]
    return firm, people


def values_of(firm: Organisation) -> tuple[int, int]:
    refresh_scores()
    score = CustomerScore.objects.get(organisation=firm)
    return score.orders, score.net_minor


def test_orders_of_its_people_count_beside_its_own() -> None:
    firm, (kern, voss) = firm_with("Kern", "Voss")
    order(firm, net=100, days_ago=30)
    order(kern, net=20, days_ago=20)
    last = order(voss, net=3, days_ago=10)
    assert values_of(firm) == (3, 123)
    assert CustomerScore.objects.get(organisation=firm).last_at == last.placed_at


def test_an_order_counts_once_however_it_leads_to_the_firm() -> None:
    firm, (kern,) = firm_with("Kern")
    add_affiliation(actor=ANNA, person=kern, organisation=firm, function="Beirat")
    order(kern, net=20)
    order(kern, net=100, organisation=firm)
    assert Affiliation.objects.filter(person=kern, organisation=firm).count() == 2
    assert values_of(firm) == (2, 120)


def test_a_sum_without_care_would_count_it_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    firm, (kern,) = firm_with("Kern")
    add_affiliation(actor=ANNA, person=kern, organisation=firm, function="Beirat")
    order(kern, net=20)
    order(kern, net=100, organisation=firm)
    with monkeypatch.context() as broken:
        broken.setattr(score_values, "_not_its_own", Q)
        assert values_of(firm) == (3, 220)
    with monkeypatch.context() as broken:
        broken.setattr(score_values, "_roles", Affiliation.objects.all)
        assert values_of(firm) == (3, 140)
    assert values_of(firm) == (2, 120)


def test_orders_in_another_firms_name_count_for_both_that_their_page_shows_them_of() -> None:
    firm, (kern,) = firm_with("Kern")
    other = create_organisation(actor=ANNA, name="Andere")
    order(kern, net=20, organisation=other)
    assert values_of(firm) == values_of(other) == (1, 20)
    assert list(queries.orders_of(ANNA, firm)) == list(queries.orders_of(ANNA, other))


def test_orders_of_whoever_is_restricted_count_for_no_firm_either() -> None:
    firm, (kern, voss) = firm_with("Kern", "Voss")
    order(kern, net=20)
    order(kern, net=40, organisation=firm)
    order(voss, net=3)
    restrict_person(actor=ANNA, person_id=kern.pk, reason="contested")
    assert values_of(firm) == (1, 3)


def expected(firm: Organisation, now: datetime) -> tuple[int, int] | None:
    """By what its page shows, without the program's own sums."""
    found = [o for o in queries.orders_of(ANNA, firm).distinct() if o.state == "placed"]
    found = [o for o in found if o.placed_at >= now - timedelta(days=900)]
    return (len(found), sum(o.net_minor for o in found)) if found else None


ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3), st.integers(0, 1_000)),
    max_size=8,
)
ROLES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=6)


@settings(max_examples=15)
@given(rows=ROWS, roles=ROLES, size=st.integers(1, 3))
def test_firms_are_scored_by_the_orders_that_their_pages_show(
    rows: list[tuple[int, int, int, int]], roles: list[tuple[int, int]], size: int
) -> None:
    for model in (CustomerScore, Order, Affiliation):
        model.objects.all().delete()
    now = clock.now()
    people = [create_person(actor=ANNA, last_name=f"P{n}") for n in range(3)]
    firms = [create_organisation(actor=ANNA, name=f"F{n}") for n in range(3)]
    for number, (who, where) in enumerate(roles):
        role = {"person": people[who], "organisation": firms[where], "function": str(number)}
        add_affiliation(actor=ANNA, **role)
    for who, where, days, net in rows:
        named = {} if where == 3 else {"organisation": firms[where]}
        order(people[who], net=net, days_ago=days, **named)
    found = {
        pk: (bought.orders, bought.net_minor)
        for piece in score_values.pieces("organisation", now + timedelta(days=1), size)
        for pk, bought in piece.items()
    }
    wanted = {firm.pk: values for firm in firms if (values := expected(firm, now))}
    assert found == wanted
