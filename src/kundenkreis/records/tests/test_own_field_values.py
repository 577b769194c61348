"""Whatever somebody keeps in a field of the company's own comes back the same from everywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel import clock, conditions
from kundenkreis.kernel.conditions import Compare, Not, Operand
from kundenkreis.kernel.conditions.kinds import OPERATORS
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, testing, write
from kundenkreis.records.custom import defining
from kundenkreis.records.custom.types import FIELD_TYPES
from kundenkreis.records.exchange.exporting import csv_file, export
from kundenkreis.records.fields import info
from kundenkreis.records.lists.celltexts import Reader, typed
from kundenkreis.records.lists.vocabulary import vocabulary

pytestmark = pytest.mark.django_db(databases=CRM)

FIRM, PERSON = named("organisation"), named("person")
OPTIONS = {
    "places": 2,
    "currency": "EUR",
    "target": "person",
    "choices": [
        {"value": "red", "label": {"en": "Deep red", "de": "Tiefrot"}},
        {"value": "blue", "label": {"en": "Blue", "de": "Blau"}},
    ],
}
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
LINES = st.lists(TEXTS, max_size=3).map("\n".join).map(str.strip)
COLOURS = st.sampled_from(["red", "blue"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS | st.sampled_from(["=1+1", "-5", "'x", "1.000", "a;b", 'say "x"', "ja"]),
    "long_text": LINES,
    "number": st.decimals(-(10**12), 10**12, places=2),
    "money": st.integers(-(10**14), 10**14),
    "date": st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    "time": st.times().map(lambda at: time(at.hour, at.minute)),
    "datetime": st.integers(0, 40_000_000).map(
        lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    "choice": COLOURS,
    "choices": st.lists(COLOURS, unique=True),
    "boolean": st.booleans(),
    "url": st.sampled_from(["https://kern.example", "http://kern.example/ä?x=1&y=2"]),
    "email": st.sampled_from(["a@kern.example", "a+b@kern.example"]),
    "phone": st.sampled_from(["+49 30 1234", "030/1234", "(0)30-12"]),
}
BERLIN = ZoneInfo("Europe/Berlin")
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def names() -> Iterator[dict[str, str]]:
    """A field of every type, and a person that one of them can name."""
    made = {
        sort: defining.create_field(
            actor=ANNA, kind=FIRM, type=sort, label={"en": f"Own {sort}"}, options=OPTIONS,
            filterable=FIELD_TYPES[sort].filterable,
        ).name
        for sort in FIELD_TYPES
        if sort != "formula"
    }  # fmt: skip
    with translation.override("en"):
        yield made


@pytest.fixture
def people() -> list[Any]:
    return [write.create(PERSON, ANNA, {"last_name": name}) for name in ("Kern", "Weiß")]


def worlds(most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Records, by type of field; of the two persons, one or none."""
    known = {sort: st.none() | values for sort, values in VALUES.items()}
    known["relation"] = st.none() | st.integers(0, 1)
    return st.lists(st.fixed_dictionaries(known), min_size=1, max_size=most)


def stored(
    world: list[dict[str, Any]], names: dict[str, str], people: list[Any]
) -> list[Organisation]:
    Organisation.objects.all().delete()
    for n, values in enumerate(world):
        at = values["relation"]
        own = {**values, "relation": None if at is None else people[at]}
        said = {names[sort]: value for sort, value in own.items()}
        write.create(FIRM, ANNA, {"name": f"Firm {n}", **said})
    return list(Organisation.objects.order_by("pk"))


@given(worlds(4))
@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
def test_it_is_read_typed_and_pasted_as_it_was_kept(
    names: dict[str, str], people: list[Any], world: list[dict[str, Any]]
) -> None:
    for values, record in zip(world, stored(world, names, people), strict=True):
        for sort, name in names.items():
            kept = getattr(record, name)
            if sort == "relation":
                assert kept == (None if values[sort] is None else people[values[sort]])
            else:
                assert kept == (values[sort] if values[sort] not in ("", []) else None)
            for language in ("en", "de"):
                with translation.override(language):
                    reader = Reader(FIRM, ANNA, [name])
                    form, wrong = reader.form(
                        record, {name: typed(info(Organisation, name), record)}
                    )
                assert (wrong, form.errors) == ({}, {})
                assert (form.cleaned_data[name] or None) == (kept or None), sort


@given(worlds(6))
@settings(max_examples=4, deadline=None, suppress_health_check=QUIET)
def test_a_file_brings_back_what_went_out(
    names: dict[str, str], people: list[Any], world: list[dict[str, Any]]
) -> None:
    _brought_back(stored(world, names, people), names)


def test_a_file_brings_back_a_value_of_every_type(names: dict[str, str], people: list[Any]) -> None:
    filled = {
        "text": "=1+1", "long_text": "one\ntwo", "number": Decimal("-1.25"), "money": -1999,
        "date": date(2026, 2, 28), "time": time(17, 30), "choice": "blue",
        "datetime": datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "choices": ["red", "blue"],
        "boolean": False, "url": "https://kern.example", "email": "a@kern.example",
        "phone": "030/1234", "relation": 1,
    }  # fmt: skip
    _brought_back(stored([filled], names, people), names)


def _brought_back(before: list[Organisation], names: dict[str, str]) -> None:
    columns = ",".join(names.values())
    text = "".join(csv_file(export(FIRM, ANNA, QueryDict(f"columns=name,{columns}"), "csv")))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows([row | {"Number": "", "Name": f"New {row['Name']}"} for row in rows])

    done = testing.ran(FIRM, testing.brought(FIRM, file.getvalue()))

    assert testing.counts(done) == {"created": len(before)}
    came = {one.name: one.custom for one in Organisation.objects.filter(name__startswith="New ")}
    wanted = {f"New {one.name}": one.custom for one in before}
    assert came == wanted


@given(worlds(5), st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=QUIET)
def test_lists_find_in_the_database_what_they_find_in_memory(
    names: dict[str, str], people: list[Any], world: list[dict[str, Any]], data: st.DataObject
) -> None:
    records, words = stored(world, names, people), vocabulary(FIRM, ANNA)
    now = clock.now()
    for sort, name in names.items():
        if not FIELD_TYPES[sort].filterable:
            continue
        for one in _asked(sort, name, world, people, data):
            for tree in (one, Not(one)):
                where = conditions.to_q(tree, words, now, BERLIN)
                found = set(Organisation.objects.filter(where).values_list("pk", flat=True))
                meant = {
                    record.pk
                    for record in records
                    if conditions.matches(tree, words, record, now, BERLIN)
                }
                assert found == meant, tree


def _asked(
    sort: str, name: str, world: list[dict[str, Any]], people: list[Any], data: st.DataObject
) -> Iterator[Compare]:
    """One question with each operator that the field has, about values that are there or not."""
    there = [one[sort] for one in world if one[sort] not in (None, "", [])]
    known = st.sampled_from(there) if there else st.nothing()
    if sort == "relation":
        one: st.SearchStrategy[Any] = st.sampled_from([person.pk for person in people])
    elif sort == "choices":
        one = COLOURS
    elif sort == "money":
        one = st.builds(Money, known | VALUES[sort], st.just("EUR"))
    else:
        one = (known | VALUES[sort]).filter(lambda value: value != "")
    for operator in OPERATORS[info(Organisation, name).kind]:
        match operator.operand:
            case Operand.NONE:
                yield Compare(name, operator.name)
            case Operand.ONE:
                yield Compare(name, operator.name, data.draw(one))
            case Operand.MANY:
                yield Compare(name, operator.name, (data.draw(one), data.draw(one)))
            case Operand.RANGE:
                yield Compare(name, operator.name, (data.draw(one), data.draw(one)))


def test_control_a_value_that_loses_something_on_the_way_is_noticed(
    names: dict[str, str], people: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kundenkreis.records.exchange.values.plain", lambda value: f"{value:.1f}")
    world = [dict.fromkeys([*VALUES, "relation"]) | {"number": Decimal("1.25")}]
    with pytest.raises(AssertionError):
        _brought_back(stored(world, names, people), names)
