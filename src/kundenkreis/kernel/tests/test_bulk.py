"""Plain rows, written and read set-based on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.tracking.models import DailyCount, Event, SeenMessage, SeenOrder
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
PROFILE = (
    "version", "custom", "created_at", "changed_at", "known", "link_id", "traits", "trait_times",
    "facts", "last_seen_at",
)  # fmt: skip


def test_it_stores_what_the_model_reads_and_reads_what_the_model_stores() -> None:
    link_id = uuid4()
    traits = {"name": "Groß “ß” \\u0000 \n", "n": [1, 2.5, None, True], "ä": {"ö": "ü"}}
    row = (1, {}, NOON, NOON, True, link_id, traits, "{}", "{}", NOON)
    with store.group(Side.ENGAGE, "test"):
        (pk,) = bulk.insert(Profile, PROFILE, [row], returning="id")
        columns = ("id", "link_id", "traits", "created_at", "canonical_id")
        assert bulk.select(Profile, columns, among=("id", [pk, -1])) == [
            (pk, link_id, traits, NOON, None)
        ]
    profile = Profile.objects.get(pk=pk)
    assert (profile.link_id, profile.traits, profile.created_at) == (link_id, traits, NOON)
    assert profile.known is True
    assert (profile.last_seen_at, profile.canonical_id) == (NOON, None)


def test_it_leaves_out_what_is_there_already_and_says_what_was_new() -> None:
    columns = ("source_id", "message_id", "at")
    with store.group(Side.ENGAGE, "test"):
        bulk.insert(SeenMessage, columns, [(1, "b", NOON)])
        rows = [(1, "a", NOON), (1, "b", NOON), (2, "b", NOON), (1, "c", NOON)]
        new = bulk.insert(SeenMessage, columns, rows, ignore=True, returning="message_id")
    assert new == ["a", "b", "c"]
    assert SeenMessage.objects.count() == 4


def test_ids_come_in_the_order_of_the_rows() -> None:
    columns = ("namespace", "kind", "order_id", "at", "seen_at")
    with store.group(Side.ENGAGE, "test"):
        rows = [("n", "order", f"{number}", NOON, NOON) for number in range(700)]
        ids = bulk.insert(SeenOrder, columns, rows, returning="id")
    assert [row.order_id for row in SeenOrder.objects.filter(pk__in=ids).order_by("pk")] == [
        f"{number}" for number in range(700)
    ]
    assert ids == sorted(ids)


def test_a_number_is_given_once_even_if_its_row_is_gone() -> None:
    columns, given = ("namespace", "kind", "order_id", "at", "seen_at"), set()
    for n in range(3):
        rows = [("n", "order", f"{n}-{number}", NOON, NOON) for number in range(2)]
        with store.group(Side.ENGAGE, "test"):
            ids = bulk.insert(SeenOrder, columns, rows, returning="id")
        assert not given.intersection(ids)
        given.update(ids)
        SeenOrder.objects.filter(pk=ids[-1]).delete()
    row = SeenOrder.objects.create(namespace="n", kind="order", order_id="x", at=NOON, seen_at=NOON)
    assert row.pk > max(given)


def test_it_adds_to_sums() -> None:
    columns, key = ("source_id", "day", "kind", "count"), ("source_id", "day", "kind")
    with store.group(Side.ENGAGE, "test"):
        for count in (2, 3):
            row = (1, date(2026, 11, 21), "visits", count)
            bulk.upsert(DailyCount, columns, [row], key=key, add=("count",))
    assert DailyCount.objects.get().count == 5


def test_it_changes_each_row_to_its_own_values() -> None:
    columns = ("namespace", "kind", "order_id", "at", "seen_at")
    links = [uuid4(), None, uuid4()]
    with store.group(Side.ENGAGE, "test"):
        rows = [("n", "order", f"{number}", NOON, NOON) for number in range(3)]
        ids = bulk.insert(SeenOrder, columns, rows, returning="id")
        bulk.update(SeenOrder, ("id", "link_id"), list(zip(ids, links, strict=True)))
    assert list(SeenOrder.objects.order_by("pk").values_list("link_id", flat=True)) == links


def test_no_rows_are_no_statement(django_assert_num_queries: object) -> None:
    with store.group(Side.ENGAGE, "test"), django_assert_num_queries(0, using="engage"):  # type: ignore[operator]
        assert bulk.insert(Event, ("type",), [], returning="id") == []
        bulk.update(Event, ("id", "type"), [])
        assert bulk.select(Event, ("id",), among=("id", [])) == []


def test_a_text_that_is_too_long_is_no_silent_loss() -> None:
    row = (1, "x" * 101, NOON)
    try:
        with store.group(Side.ENGAGE, "test"):
            bulk.insert(SeenMessage, ("source_id", "message_id", "at"), [row])
    except DataError as error:  # PostgreSQL refuses, SQLite keeps it whole
        assert "too long" in str(error)  # noqa: PT017
    else:
        assert len(SeenMessage.objects.get().message_id) == 101


def test_it_writes_only_inside_a_unit_of_work() -> None:
    with pytest.raises(RuntimeError):
        bulk.insert(SeenMessage, ("source_id", "message_id", "at"), [(1, "a", NOON)])


def test_a_broken_constraint_is_an_error_unless_ignored() -> None:
    columns, rows = ("source_id", "message_id", "at"), [(1, "a", NOON)] * 2
    with pytest.raises(IntegrityError), store.group(Side.ENGAGE, "test"):
        bulk.insert(SeenMessage, columns, rows)
