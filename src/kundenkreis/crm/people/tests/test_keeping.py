"""The keys by which duplicates are found say what is stored, whatever happens to people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people import commands, contact_commands, keeping
from kundenkreis.crm.people.customer_commands import Customer, find_or_create_customers
from kundenkreis.crm.people.models import BlockingKey, ContactDetail, Organisation, Person
from kundenkreis.kernel import store, transactions
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.models import AuditEntry, Cursor
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, testing, write
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, ORGANISATION = named("person"), named("organisation")
Keys = set[tuple[int, str, int, str]]


def kept() -> Keys:
    return set(BlockingKey.objects.values_list("row", "of", "key", "fine"))


def rebuilt() -> Keys:
    """What the table is when it is made of nothing but what is stored."""
    with store.group(Side.CRM, "test"):
        store.discard(store.rows(BlockingKey))
    for keyed in keeping.KEYED:
        keeping.rebuild(keyed)
    return kept()


NAMES = ("Anna", "Weiß", "Müller", "Chris", "")
DEEDS = st.tuples(
    st.sampled_from(
        ["person", "firm", "call", "born", "name", "add", "alter", "drop", "remove", "merge"]
        + ["undo"] * 3
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(NAMES),
)


def do(deed: tuple[str, int, int, str]) -> None:
    """One thing that can happen; what is refused has not happened."""
    what, one, other, word = deed
    people, firms = list(Person.objects.order_by("pk")), list(Organisation.objects.order_by("pk"))
    details = list(ContactDetail.objects.order_by("pk"))
    batches = list(
        store.stored(Side.CRM, AuditEntry).order_by("-pk").values_list("batch", flat=True)[:4]
    )

    def pick(rows: list[Any], at: int) -> Any:
        if not rows:
            raise NotFound
        return rows[at % len(rows)]

    address = f"0774{one} Ort, Weg 1"
    acts: dict[str, Callable[[], Any]] = {
        "person": lambda: commands.create_person(
            actor=ANNA, first_name=word, last_name=NAMES[other], street="Weg 1", town="Jena",
            postal_code=f"0774{one}", email=f"{one}@firma{other}.example",
        ),
        "firm": lambda: commands.create_organisation(
            actor=ANNA, name=word or "A", website=f"https://firma{other}.example"
        ),
        "call": lambda: write.change(
            PERSON, ANNA, pick(people, one).pk, None, {"last_name": word, "first_name": "Jana"}
        ),
        "born": lambda: write.change(
            PERSON, ANNA, pick(people, one).pk, None, {"birth_date": date(1971, 12, 1 + other)}
        ),
        "name": lambda: write.change(
            ORGANISATION, ANNA, pick(firms, one).pk, None, {"name": word or "B"}
        ),
        "add": lambda: contact_commands.add_contact_detail(
            actor=ANNA, holder=pick(people + firms, one), kind="postal", value=address
        ),
        "alter": lambda: contact_commands.change_contact_detail(
            actor=ANNA, contact_detail_id=pick(details, one).pk, value=f"{other}@neu.example"
        ),
        "drop": lambda: contact_commands.remove_contact_detail(
            actor=ANNA, contact_detail_id=pick(details, one).pk
        ),
        "remove": lambda: write.remove(PERSON, ANNA, pick(people, one).pk),
        "merge": lambda: merge(
            actor=ANNA, kind=PERSON, kept_id=pick(people, one).pk, gone_id=pick(people, other).pk
        ),
        "undo": lambda: undo(ANNA, Side.CRM, pick(batches, one)),
    }  # fmt: skip
    try:
        acts[what]()
    except DomainError:
        return


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=st.lists(DEEDS, min_size=4, max_size=14))
def test_whatever_happens_to_people_their_keys_are_those_of_a_rebuild(
    life: list[tuple[str, int, int, str]],
) -> None:
    for deed in life:
        do(deed)
    assert kept() == rebuilt()


def test_a_product_that_forgot_to_follow_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the hook the table is not what a rebuild makes of it."""
    others = [one for one in transactions.AT_THE_END if one is not keeping.follow]
    monkeypatch.setattr(transactions, "AT_THE_END", others)
    do(("person", 0, 1, "Anna"))
    assert kept() != rebuilt()


def test_what_was_part_of_one_and_is_part_of_the_other_counts_for_the_other() -> None:
    """Parting brings an address back to whom it was taken from; nobody else keeps its key."""
    both = [
        commands.create_person(
            actor=ANNA, first_name="Anna", last_name="Weiß", postal_code=code, town="Ort"
        )
        for code in ("07743", "10115")
    ]
    before = kept()
    done = merge(actor=ANNA, kind=PERSON, kept_id=both[0].pk, gone_id=both[1].pk)
    assert {fine for row, _of, _key, fine in kept() if row == both[0].pk} >= {"077", "101"}
    undo(ANNA, Side.CRM, done.batch)
    assert kept() == before == rebuilt()


def test_an_import_writes_the_keys_of_all_rows_and_its_undo_takes_them_away() -> None:
    file = "Vorname;Nachname;PLZ;Ort\nPetra;Tann;07743;Jena\nMarkus;Kern;10115;Berlin\n"
    transfer = testing.ran(PERSON, testing.checked(PERSON, testing.brought(PERSON, file)))
    assert len({row for row, *_ in kept()}) == 2
    assert kept() == rebuilt()
    undo(ANNA, Side.CRM, transfer.batch)
    assert kept() == set()


def test_customers_of_the_shop_have_keys_too() -> None:
    customer = Customer(
        source="shop",
        customer_number="1",
        first_name="Jana",
        last_name="Weiß",
        email="jana@x.example",
    )
    with store.group(Side.CRM, "test"):
        find_or_create_customers(actor=ANNA, customers=[customer])
    assert kept()
    assert kept() == rebuilt()


def test_who_is_forgotten_in_time_leaves_no_key() -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        commands.create_person(actor=ANNA, first_name="Jana", last_name="Weiß")
        assert kept()
        clock.advance(days=3 * 365 + 2)
        forget(Side.CRM)
    assert not Person.objects.exists()
    assert kept() == set()


def test_a_base_from_before_gets_its_keys_once() -> None:
    do(("person", 0, 1, "Anna"))
    do(("firm", 0, 1, "Müller"))
    there = kept()
    with store.group(Side.CRM, "test"):
        store.discard(store.rows(BlockingKey))
        store.discard(store.rows(Cursor).filter(name__startswith=keeping.REBUILT))
        store.append(BlockingKey, [BlockingKey(row=99, of="p", key=1, fine="")])  # of nobody
    assert keeping.rebuild_if_missing() == 2
    assert kept() == there
    assert keeping.rebuild_if_missing() == 0
