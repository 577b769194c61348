from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

import pytest
from django.utils.translation import override

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.customer_commands import Customer, find_or_create_customers
from kundenkreis.crm.people.models import Person, SharedFacts, TimelineEntry
from kundenkreis.crm.sales.models import Order, OrderLine
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.tracking.models import Event
from kundenkreis.integrations.crm import orders
from kundenkreis.integrations.crm.files import Unreadable
from kundenkreis.integrations.crm.orders import importing
from kundenkreis.integrations.crm.orders.mapping import BadMapping
from kundenkreis.kernel.models import AuditEntry, Cursor, OutboxMessage
from kundenkreis.kernel.testing import ANNA, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SAMPLE = f"""{HEADER}
1,A,Cup,2,2011-01-31 09:00:00,1.255,17,United Kingdom
1,A,Cup,2,2011-01-31 09:00:00,1.255,17,United Kingdom
2,B,Plate,1,2011-07-01 09:00:00,3,17,United Kingdom
1,C,Spoon,1,2011-01-31 09:01:00,0.001,17,United Kingdom
C3,B,Plate,-1,2011-07-02 09:00:00,3,17,United Kingdom
4,M,"Manual, by hand",1,2011-07-02 10:00:00,5,,France
"""


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Import a text as a file; returns the exit code and what was printed."""

    def go(text: str, *options: str, name: str = "orders.csv") -> tuple[int, str]:
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        parser = argparse.ArgumentParser()
        orders.add_parser(parser.add_subparsers())
        with override("en"):
            code = orders.run(parser.parse_args(["orders", str(path), *options]))
        return code, capsys.readouterr().out

    return go


def test_it_takes_orders_lines_customers_and_cancellations(
    run: Callable[..., tuple[int, str]],
) -> None:
    assert run(SAMPLE)[0] == 0
    held = {o.number: (o.kind, o.net_minor, o.currency) for o in Order.objects.all()}
    assert held == {
        "1": ("order", 502, "GBP"),
        "2": ("order", 300, "GBP"),
        "C3": ("cancellation", -300, "GBP"),
        "4": ("order", 500, "GBP"),
    }
    person = Person.objects.get()
    assert (person.customer_number, person.is_customer, person.source) == (
        "17",
        True,
        "online-retail",
    )
    assert Order.objects.get(number="4").person is None
    assert sorted(TimelineEntry.objects.values_list("kind", flat=True)) == [
        "cancellation", "order", "order",
    ]  # fmt: skip


def test_equal_lines_are_two_lines_and_prices_below_a_cent_are_kept(
    run: Callable[..., tuple[int, str]],
) -> None:
    run(SAMPLE)
    lines = OrderLine.objects.filter(order__number="1").order_by("position")
    assert [(line.position, line.sku, line.unit_price, line.net_minor) for line in lines] == [
        (1, "A", Decimal("1.255"), 251),
        (2, "A", Decimal("1.255"), 251),
        (3, "C", Decimal("0.001"), 0),
    ]


def test_times_are_local_and_the_first_of_several_counts(
    run: Callable[..., tuple[int, str]],
) -> None:
    _, said = run(SAMPLE)
    placed = dict(Order.objects.values_list("number", "placed_at"))
    assert placed["1"] == datetime(2011, 1, 31, 9, tzinfo=UTC)
    assert placed["2"] == datetime(2011, 7, 1, 8, tzinfo=UTC)  # summer time
    assert "1 " in next(
        line for line in said.splitlines() if "several" in line or "mehrere" in line
    )


def test_both_sides_know_the_customer_and_what_they_bought(
    run: Callable[..., tuple[int, str]],
) -> None:
    run(SAMPLE)
    profile = Profile.objects.get()
    assert profile.link_id == Person.objects.get().link_id
    assert profile.last_seen_at == datetime(2011, 7, 2, 8, tzinfo=UTC)
    assert Identifier.objects.get().value == "17"
    events = Event.objects.order_by("occurred_at").values_list("type", "key", "value_minor")
    assert list(events) == [
        ("Order Completed", "1", 502),
        ("Order Completed", "2", 300),
        ("Order Refunded", "C3", -300),
    ]
    message = OutboxMessage.objects.using("default").get(name="crm.people.FactsChanged")
    assert message.payload["facts"]["orders"]["value"] == 2
    assert message.payload["facts"]["revenue_minor"]["value"] == 502


def test_a_number_that_staff_entered_is_found_and_one_of_a_shop_is_not(
    run: Callable[..., tuple[int, str]],
) -> None:
    entered = create_person(actor=ANNA, last_name="Weiß", customer_number="17")
    shops = Customer(customer_number="18", source="shop")
    (other,) = find_or_create_customers(actor=ANNA, customers=[shops])
    run(SAMPLE.replace("2011-07-01 09:00:00,3,17", "2011-07-01 09:00:00,3,18"))
    assert Order.objects.get(number="1").person == entered
    assert Order.objects.get(number="2").person not in (None, entered, other)
    assert Person.objects.count() == 3


def test_a_second_source_of_a_mapping_has_customers_of_its_own(
    run: Callable[..., tuple[int, str]],
) -> None:
    run(SAMPLE)
    run(SAMPLE, "--source", "another-shop")
    one, other = Person.objects.order_by("pk")
    assert (one.orders.count(), other.orders.count()) == (3, 3)
    assert (one.customer_number, other.customer_number) == ("17", None)
    assert one.link_id != other.link_id
    assert SharedFacts.objects.get(person=other).facts["orders"]["value"] == 2


def test_text_in_another_unicode_form_is_the_same_text(
    run: Callable[..., tuple[int, str]],
) -> None:
    numbered = SAMPLE.replace(",17,", ",Kö-17,").replace("\nC3,", "\nC-Ä3,")
    run(normalize("NFD", numbered))
    before = AuditEntry.objects.using("default").count(), Event.objects.count()
    for form in ("NFD", "NFC"):
        assert run(normalize(form, numbered) + "\n")[0] == 0
    assert (AuditEntry.objects.using("default").count(), Event.objects.count()) == before
    assert Person.objects.get().customer_number == "Kö-17"
    more = SAMPLE.splitlines()[1].replace("1,A", "9,A", 1).replace(",17,", ",Kö-17,")
    assert run(normalize("NFD", f"{HEADER}\n{more}\n"))[0] == 0
    assert Person.objects.get().orders.count() == 4


def test_a_second_run_changes_nothing(run: Callable[..., tuple[int, str]]) -> None:
    run(SAMPLE, name="orders.csv.gz")
    before = AuditEntry.objects.using("default").count(), Event.objects.count()
    code, said = run(SAMPLE)
    assert code == 0
    assert (AuditEntry.objects.using("default").count(), Event.objects.count()) == before
    assert (
        OutboxMessage.objects.using("default").filter(name="crm.people.FactsChanged").count() == 1
    )
    assert said.splitlines()[1].startswith("4 ")


def test_an_order_that_is_known_with_other_amounts_stays_and_is_named(
    run: Callable[..., tuple[int, str]],
) -> None:
    run(SAMPLE)
    run(SAMPLE.replace("2011-07-01 09:00:00,3", "2011-07-01 09:00:00,4"))
    assert Order.objects.get(number="2").net_minor == 300


def test_a_dry_run_writes_nothing(run: Callable[..., tuple[int, str]]) -> None:
    code, said = run(SAMPLE, "--dry-run")
    assert code == 0
    assert said.splitlines()[1].startswith("4 ")
    for model in (Order, Person, Profile, Event):
        assert not model.objects.exists()
    assert not Cursor.objects.using("default").exists()


def test_an_order_with_a_bad_line_is_refused_whole_and_can_be_corrected(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    bad = SAMPLE.replace("1,C,Spoon,1,", "1,C,Spoon,one,").replace(
        "2011-07-02 10:00:00", "yesterday"
    )
    errors = tmp_path / "errors.csv"
    code, _ = run(bad, "--errors", str(errors))
    assert code == 1
    assert set(Order.objects.values_list("number", flat=True)) == {"2", "C3"}
    text = errors.read_text()
    assert text.count("\n") == 5
    assert "one" in text
    assert "yesterday" in text
    corrected = text.replace(",one,", ",1,").replace("yesterday", "2011-07-02 10:00:00")
    assert run(corrected)[0] == 0
    assert Order.objects.get(number="1").net_minor == 502


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2,2011", "1e9999,2011"),
        ("2,2011", "0.12345,2011"),
        ("1.255", "NaN"),
        ("1.255", "0.00001"),
        ("Cup", "x" * 201),
        ("17,United", "7" * 41 + ",United"),
        ("1,A", ",A"),
        ("Cup,2", "Cup,2,3"),
    ],
)
def test_it_refuses_what_it_could_not_store_faithfully(
    run: Callable[..., tuple[int, str]], cell: str, value: str
) -> None:
    first = SAMPLE.splitlines()[1]
    assert run(f"{HEADER}\n{first.replace(cell, value, 1)}\n")[0] == 1
    assert not Order.objects.exists()


def test_an_interrupted_import_goes_on_where_it_stopped(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 1)
    real, calls = importing.place_orders, []

    def dies(**values: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "place_orders", dies)
    with pytest.raises(KeyboardInterrupt):
        run(SAMPLE)
    assert Order.objects.count() == 2
    code, _ = run(SAMPLE)
    assert (code, len(calls)) == (0, 3 + 2)
    assert Order.objects.count() == 4
    assert Event.objects.count() == 3
    assert not Cursor.objects.using("default").filter(name__startswith="import.").exists()


def test_a_mapping_file_reads_german_numbers_and_dates(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    columns = {
        "number": "Auftrag",
        "placed_at": "Datum",
        "quantity": "Menge",
        "unit_price": "Preis",
        "tax_rate": "MwSt",
        "customer_number": "Kunde",
        "last_name": "Name",
        "email": "Mail",
    }
    mapping = {
        "columns": columns,
        "decimal_point": ",",
        "dates": ["%d.%m.%Y"],
        "source": "wawi",
        "currency": "EUR",
    }
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(mapping))
    text = "Auftrag;Datum;Menge;Preis;MwSt;Kunde;Name;Mail;Egal\nR1;31.01.2026;1,5;1.000,00;19;K-1;Weiß;j@example.org;x\n"
    assert run(text, "--mapping", str(path))[0] == 0
    order = Order.objects.get()
    assert (order.net_minor, order.tax_minor, order.gross_minor) == (150_000, 28_500, 178_500)
    assert order.person is not None
    assert order.person.last_name == "Weiß"


def test_it_says_what_is_wrong_with_file_or_mapping(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    with pytest.raises(BadMapping):
        run("a,b\n1,2\n")
    with pytest.raises(Unreadable):
        run("")
    with pytest.raises(BadMapping):
        run(SAMPLE, "--zone", "Mars/Olympus")
    broken = tmp_path / "mapping.json"
    for text in ("{", "[]", '{"columns": {"number": "a"}}', '{"columns": {}, "what": 1}'):
        broken.write_text(text)
        with pytest.raises(BadMapping):
            run(SAMPLE, "--mapping", str(broken))
