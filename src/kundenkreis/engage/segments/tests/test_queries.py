"""Asking who is in which segment, and why; and what may be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import commands, queries
from kundenkreis.engage.segments.definitions import PEOPLE, definition_of
from kundenkreis.engage.segments.nodes.rfm import Rfm
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.nodes.summing import SumOf
from kundenkreis.engage.segments.templates import ABANDONED_CART, LAPSED_REGULARS, TEMPLATES
from kundenkreis.engage.segments.tests.people import NOW, did, people, segment
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.conditions import All, ConditionError, dump, load, parse_form
from kundenkreis.kernel.errors import NotAllowed, NotFound
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, SYSTEM

pytestmark = pytest.mark.django_db(databases=["engage"])


def merge(absorbed: int, into: int) -> None:
    with store.group(Side.ENGAGE):
        store.change(SYSTEM, Profile.objects.get(pk=absorbed), canonical_id=into)


def test_it_answers_for_merged_profiles_with_the_person_they_are() -> None:
    first, second, other = people(3)
    merge(second, first)
    made = segment(All())
    assert queries.segment_ids_of([first, second, other, 4711]) == {
        first: {made.pk},
        second: {made.pk},
        other: {made.pk},
        4711: set(),
    }
    assert queries.is_member(made.pk, second)
    assert list(queries.members(ANNA, made.pk)) == list(
        Profile.objects.filter(pk__in=[other, first]).order_by("-pk")
    )


def test_it_forgets_segments_that_are_no_longer_kept_at_once() -> None:
    (one,) = people(1)
    made = segment(All())
    commands.archive_segment(actor=SYSTEM, segment_id=made.pk)
    assert queries.segment_ids_of([one]) == {one: set()}


def test_it_needs_three_queries_however_many_people_are_asked_for() -> None:
    everybody = people(30)
    segment(All())
    for asked in (everybody[:1], everybody):
        with CaptureQueriesContext(connections["engage"]) as seen:
            queries.segment_ids_of(asked)
        assert len(seen) <= 3


def test_it_shows_segments_and_people_only_to_those_who_may_see_them() -> None:
    people(2)
    made = segment(All())
    assert len(queries.members(BEN, made.pk)) == 2
    for refused in (queries.segment, queries.members):
        with pytest.raises(NotFound):
            refused(CARLA, made.pk)
    with pytest.raises(NotAllowed):
        queries.live_count(CARLA, definition_of(All()))
    with pytest.raises(NotAllowed):
        queries.builder(CARLA)


def test_it_counts_a_definition_that_is_not_saved() -> None:
    one, _ = people(2)
    did(one, "Product Added", key="a", properties={"cart_id": "a"}, ago=timedelta(hours=1))
    with freeze(NOW):
        found = queries.live_count(ANNA, ABANDONED_CART.definition)
        assert (found.size, found.of) == (1, 2)
        earlier = queries.live_count(ANNA, ABANDONED_CART.definition, NOW - timedelta(hours=2))
        assert earlier.size == 0


def test_it_says_why_somebody_is_in_or_not() -> None:
    one, other = people(2)
    did(one, "Product Added", key="a", properties={"cart_id": "a"}, ago=timedelta(hours=1))
    with freeze(NOW), translation.override("en"):
        made = segment(ABANDONED_CART.tree)
        inside = queries.why(ANNA, made.pk, one)
        assert inside.holds
        assert inside.actual == "1 in the window, 1 of them still open"
        assert inside.changes_at == NOW + timedelta(hours=5)
        assert "Order placed" in inside.text
        assert not queries.why(ANNA, made.pk, other).holds
        with pytest.raises(NotFound):
            queries.why(ANNA, made.pk, 4711)
        with pytest.raises(NotFound):
            queries.why(CARLA, made.pk, one)


def test_it_explains_scores_that_depend_on_everybody() -> None:
    low, high = people(2)
    for who, value in ((low, 100), (high, 900)):
        did(who, "Order Completed", key=f"o{who}", value_minor=value, currency="EUR")
    tree = Rfm(Selector("Order Completed"), "EUR", monetary=(3,))
    with freeze(NOW):
        made = segment(tree)
        assert queries.why(ANNA, made.pk, high).actual == "1–1–3"
        assert queries.why(ANNA, made.pk, high).holds
        assert queries.why(ANNA, made.pk, low).actual == "1–1–1"


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_offers_a_builder_and_describes_every_template_in_words(language: str) -> None:
    with translation.override(language):
        described = queries.builder(ANNA)
        offered = {node["type"]: node for node in described["nodes"]}
        assert {"performed", "not_performed", "sequence", "sum_of", "rfm", "in_segment"} <= set(
            offered
        )
        for shipped in TEMPLATES:
            assert shipped.names[language]
            assert str(shipped.help)
            assert queries.in_words(ANNA, shipped.definition)
            where = shipped.definition["where"]
            for node in where.get("children", [where]):
                known = {entry["name"] for entry in offered[node["type"]]["inputs"]}
                assert set(node) - {"type"} <= known


def test_it_reads_what_people_did_from_an_ordinary_form() -> None:
    form = {
        "where.type": "all",
        "where.children.0.type": "performed",
        "where.children.0.event": "Order Completed",
        "where.children.0.op": "gte",
        "where.children.0.n": "3",
        "where.children.0.within.n": "",
        "where.children.0.within.unit": "hours",
        "where.children.0.where.type": "",
        "where.children.0.once_per_key": "true",
        "where.children.1.type": "not_performed",
        "where.children.1.event": "Order Completed",
        "where.children.1.within.n": "60",
        "where.children.1.within.unit": "days",
        "where.children.2.type": "rfm",
        "where.children.2.event": "Order Completed",
        "where.children.2.recency.0": "5",
        "where.children.2.recency.1": "4",
        "where.children.3.type": "sum_of",
        "where.children.3.event": "Order Completed",
        "where.children.3.amount.amount": "99,50",
        "where.children.3.amount.currency": "EUR",
    }
    tree = parse_form(form, PEOPLE)
    assert isinstance(tree, All)
    assert tree.children[:2] == LAPSED_REGULARS.tree.inner()
    assert tree.children[2] == Rfm(Selector("Order Completed"), "EUR", recency=(4, 5))
    assert tree.children[3] == SumOf(
        Selector("Order Completed"), "value", "gte", Money(9950, "EUR")
    )
    assert load(dump(tree, PEOPLE), PEOPLE) == tree
    with pytest.raises(ConditionError) as refused:
        parse_form(form | {"where.children.1.within.n": "x"}, PEOPLE)
    assert refused.value.field == "where.children.1.within.n"


def test_everything_the_builder_offers_has_a_label_in_both_languages() -> None:
    (one,) = people(
        1, traits={"first_name": "Eva", "shoe_size": 38}, facts={"orders": {"value": 1}}
    )
    did(one, "shop_quiz_done", properties={"cart_id": "a", "quizScore": 7, "nested": {"x": 1}})
    said = {}
    for language in ("de", "en"):
        with translation.override(language):
            words = queries.builder(ANNA)
            performed = next(node for node in words["nodes"] if node["type"] == "performed")
            asked = {each["name"]: each for each in performed["inputs"]}
            events = {each["value"]: each["label"] for each in asked["event"]["suggestions"]}
            families = words["families"] + asked["where"]["vocabulary"]["families"]
            known = {each["name"]: each["label"] for one in families for each in one["known"]}
            said[language] = events | known
    # What everybody calls alike is translated, a company's own names are made readable.
    assert (
        said["de"]
        | {
            "Product Added": "Produkt in den Warenkorb gelegt",
            "shop_quiz_done": "Shop quiz done",
            "trait.text.first_name": "Vorname",
            "trait.number.shoe_size": "Shoe size",
            "fact.number.orders": "Anzahl der Bestellungen",
            "property.text.cart_id": "Nummer des Warenkorbs",
            "property.number.quizScore": "Quiz score",
        }
        == said["de"]
    )
    assert said["en"]["Product Added"] == "Product put in the cart"
    assert not [name for name in said["de"] if "nested" in name]
    for labels in said.values():
        assert not [label for label in labels.values() if "_" in label]


def test_revenue_is_asked_for_as_money_of_one_currency() -> None:
    def told(minor: int, currency: str) -> int:
        facts = {"revenue_minor": {"value": minor}, "currency": {"value": currency}}
        return people(1, facts=facts)[0]

    rich, poor, swiss = told(100_000, "EUR"), told(99_999, "EUR"), told(900_000, "CHF")
    people(1)
    value = {"minor": 100_000, "currency": "EUR"}
    compared = {"type": "compare", "field": "revenue", "op": "gte", "value": value}
    definition = {"v": 1, "where": compared}
    assert queries.live_count(ANNA, definition).size == 1
    made = commands.create_segment(actor=ANNA, name={"de": "Reich"}, definition=definition)
    found = {pk: queries.why(ANNA, made.pk, pk) for pk in (rich, poor, swiss)}
    assert [found[pk].holds for pk in (rich, poor, swiss)] == [True, False, False]
    with translation.override("de"):
        words = queries.builder(ANNA)
        assert queries.in_words(ANNA, definition) == "Nettoumsatz ist mindestens 1.000,00 EUR"
    kinds = {one["name"]: one["kind"] for one in words["fields"]}
    assert kinds["revenue"] == "money"
    known = [one["name"] for family in words["families"] for one in family["known"]]
    assert not [name for name in known if "revenue" in name or "currency" in name]


def test_sentences_use_the_same_labels_as_the_builder() -> None:
    with translation.override("de"):
        definition = ABANDONED_CART.definition
        assert "Produkt in den Warenkorb gelegt" in queries.in_words(ANNA, definition)
        compared = {"type": "compare", "field": "fact.number.orders", "op": "gte", "value": 2}
        line = queries.in_words(ANNA, {"v": 1, "where": compared})
        assert line == "Anzahl der Bestellungen ist mindestens 2"
        paid = {"type": "sum_of", "event": "Order Completed", "of": "quantity", "amount": "3"}
        assert "„Menge“" in queries.in_words(ANNA, {"v": 1, "where": paid})
