"""A list that goes out, is edited and comes back: only edits are changes, nothing is overwritten
unseen, and one undo takes all of it back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.records import named, testing, write
from kundenkreis.records.exchange import commands, review, roundtrip
from kundenkreis.records.exchange.exporting import csv_file, excel_file, export
from kundenkreis.records.exchange.notes import FILE
from kundenkreis.records.exchange.table import logged, place
from kundenkreis.records.models import Transfer
from kundenkreis.records.past.undo import undo
from kundenkreis.records.testing import counts

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, ORGANISATION, OPPORTUNITY = map(named, ("person", "organisation", "opportunity"))
Rows = list[dict[str, str]]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def firm() -> Organisation:
    values = {"name": "Optik AG", "employees": 12, "revenue_minor": 123_456, "country": "Schweiz"}
    made: Organisation = write.create(ORGANISATION, ANNA, values)
    return made


def exported(kind: Any) -> str:
    return "".join(csv_file(export(kind, ANNA, QueryDict(), "csv")))


def edited(text: str, edit: Callable[[Rows], object]) -> str:
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    heads = list(rows[0])
    edit(rows)
    file = io.StringIO()
    writer = csv.DictWriter(file, heads)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def notes(transfer: Transfer) -> list[dict[str, Any]]:
    return list(logged(place(Side.CRM, transfer, FILE)))


def looked_at(transfer: Transfer, view: str, viewer: Viewer = ANNA) -> list[dict[str, Any]]:
    """The rows on a page of a checked import."""
    parameters = QueryDict(f"show={view}")
    return list(review.checked(ORGANISATION, viewer, transfer, parameters)["rows"])


def test_a_checked_import_shows_what_its_reader_may_know_by_now(firm: Organisation) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["Country"], rows[0]["Industry"] = "Polen", "Optik"

    back = testing.brought(ORGANISATION, edited(exported(ORGANISATION), edit))
    (row,) = looked_at(back, "changes")
    assert (row["title"], row["url"]) == ("Optik AG", ORGANISATION.url(firm.pk))
    assert [name for name, *_ in row["edits"]] == ["industry", "country"]
    without = replace(ANNA, hidden={"crm.organisation": frozenset({"country"})})
    (row,) = looked_at(back, "changes", without)
    assert [name for name, *_ in row["edits"]] == ["industry"]
    nobody = Viewer("Nobody", user_id=77, grants={"crm.organisation.read": Level.OWN})
    (row,) = looked_at(back, "changes", nobody)
    assert (row["title"], row["url"], row["edits"]) == (f"#{firm.pk}", "", [])
    kept = place(Side.CRM, back, FILE).read_text("utf-8")
    assert "Optik AG" not in kept
    assert "Schweiz" not in kept


def test_every_edited_cell_is_a_reviewed_change_and_one_undo_takes_all_back(
    firm: Organisation,
) -> None:
    write.create(ORGANISATION, ANNA, {"name": "Moser KG", "country": "Schweiz"})

    def edit(rows: Rows) -> None:
        for row in rows:
            row["Country"] = "Österreich"
        rows[1]["Annual revenue"] = "2000.5"

    back = testing.brought(ORGANISATION, edited(exported(ORGANISATION), edit))
    assert (back.state, counts(back)) == ("checked", {"changed": 2})
    told = {row["title"]: row["edits"] for row in looked_at(back, "changes")}
    assert told["Moser KG"] == [("country", "Country", "Schweiz", "Österreich", True)]
    assert ("revenue_minor", "Annual revenue", "1234.56", "2000.5", True) in told["Optik AG"]
    done = testing.ran(ORGANISATION, back)
    firm.refresh_from_db()
    assert (firm.country, firm.revenue_minor) == ("Österreich", 200_050)
    undo(ANNA, Side.CRM, done.batch)
    firm.refresh_from_db()
    assert (firm.country, firm.revenue_minor) == ("Schweiz", 123_456)


def test_rows_missing_in_the_file_stay_and_new_ones_are_offered(firm: Organisation) -> None:
    write.create(ORGANISATION, ANNA, {"name": "Moser KG"})

    def edit(rows: Rows) -> None:
        del rows[0]
        rows.append(dict.fromkeys(rows[0], "") | {"Name": "Neu GmbH", "Country": "Polen"})

    back = testing.ran(
        ORGANISATION, testing.brought(ORGANISATION, edited(exported(ORGANISATION), edit))
    )
    assert counts(back) == {"created": 1, "unchanged": 1}
    names = Organisation.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Moser KG", "Neu GmbH", "Optik AG"]


def test_an_emptied_cell_empties_the_field(firm: Organisation) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["Employees"] = rows[0]["Country"] = ""

    testing.ran(ORGANISATION, testing.brought(ORGANISATION, edited(exported(ORGANISATION), edit)))
    firm.refresh_from_db()
    assert (firm.employees, firm.country) == (None, "")


def conflict(firm: Organisation) -> Transfer:
    """The file says 20 employees; meanwhile somebody here has said 15 and another country."""

    def edit(rows: Rows) -> None:
        rows[0]["Employees"] = "20"
        rows[0]["Industry"] = "Optik"

    text = edited(exported(ORGANISATION), edit)
    write.change(ORGANISATION, ANNA, firm.pk, None, {"employees": 15, "country": "Polen"})
    return testing.brought(ORGANISATION, text)


def test_what_both_have_changed_is_shown_with_both_values_and_not_taken_over(
    firm: Organisation,
) -> None:
    back = conflict(firm)
    assert counts(back) == {"changed": 1, "conflicts": 1}
    (row,) = looked_at(back, "conflicts")
    assert row["disputes"] == [("employees", "Employees", "15", "20", False)]
    testing.ran(ORGANISATION, back)
    firm.refresh_from_db()
    # The merely old cell "Schweiz" has not undone "Polen".
    assert (firm.employees, firm.country, firm.industry) == (15, "Polen", "Optik")


def test_the_file_wins_a_conflict_where_that_was_asked_for(firm: Organisation) -> None:
    back = conflict(firm)
    commands.choose_rows(
        ORGANISATION, ANNA, back, lambda made: made.update(accepted={"0": ["employees"]})
    )
    testing.ran(ORGANISATION, testing.checked(ORGANISATION, back))
    firm.refresh_from_db()
    assert (firm.employees, firm.country) == (20, "Polen")


def test_without_looking_at_what_happened_since_a_change_would_be_lost(
    firm: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roundtrip.RoundTrip, "_moved_on", lambda self, row, record: False)
    testing.ran(ORGANISATION, conflict(firm))
    firm.refresh_from_db()
    assert (firm.employees, firm.country) == (20, "Schweiz")


def test_a_list_comes_back_in_another_language_too() -> None:
    write.create(PERSON, ANNA, {"last_name": "Weiß", "language": "de", "legal_basis": "contract"})
    with translation.override("de"):
        text = exported(PERSON)
    assert "Deutsch" in text
    assert counts(testing.brought(PERSON, text)) == {"unchanged": 1}
    back = testing.ran(PERSON, testing.brought(PERSON, text.replace("Deutsch", "Französisch")))
    assert counts(back) == {"changed": 1}
    assert Person.objects.get().language == "fr"


def test_an_address_is_changed_in_the_file_like_any_other_value() -> None:
    values = {"last_name": "Weiß", "email": "jana@example.org", "phone": "030 1234567"}
    person = write.create(PERSON, ANNA, values)
    text = exported(PERSON).replace("jana@example.org", "weiss@example.org")
    testing.ran(PERSON, testing.brought(PERSON, text))
    assert [one.value for one in person.contact_details.filter(kind="email")] == [
        "weiss@example.org"
    ]


def test_columns_that_no_file_can_change_are_named() -> None:
    write.create(PERSON, ANNA, {"last_name": "Weiß"})
    back = testing.brought(PERSON, exported(PERSON).replace(",Weiß,", ",Anders,", 1))
    assert {"Name", "Changed"} <= set(back.found["ignored"])
    assert counts(back) == {"unchanged": 1}, notes(back)


def test_excel_gives_back_what_it_was_given(firm: Organisation) -> None:
    ship_pipeline(actor=SYSTEM)
    sale = {"title": "=1+1", "organisation": firm, "value_minor": 184_000, "currency": "JPY"}
    write.create(OPPORTUNITY, ANNA, {**sale, "expected_on": date(2026, 3, 1)})
    for kind in (ORGANISATION, OPPORTUNITY):
        with excel_file(export(kind, ANNA, QueryDict(), "xlsx")) as file:
            back = testing.brought(kind, file.read())
        assert (back.state, counts(back)) == ("checked", {"unchanged": 1}), notes(back)


def test_a_file_of_another_installation_is_no_round_trip(firm: Organisation) -> None:
    text = exported(ORGANISATION)
    mark = text.splitlines()[0].rpartition(" ")[2].strip('"')
    back = testing.brought(ORGANISATION, text.replace(mark, "0" * len(mark)))
    assert (back.state, back.problem) == ("asking", "")
    assert "trip" not in back.asked


def test_an_amount_without_a_currency_is_in_that_of_its_record() -> None:
    ship_pipeline(actor=SYSTEM)
    sale = {"title": "Kyoto", "currency": "JPY", "value_minor": 500}
    record = write.create(OPPORTUNITY, ANNA, {**sale, "expected_on": date(2026, 3, 1)})
    text = edited(exported(OPPORTUNITY), lambda rows: rows[0].update(Value="700"))
    testing.ran(OPPORTUNITY, testing.brought(OPPORTUNITY, text))
    record.refresh_from_db()
    assert (record.value_minor, record.currency) == (700, "JPY")


def test_a_row_of_which_a_part_is_refused_changes_nothing() -> None:
    (email,) = [one for one in PERSON.inputs if one.name == "email"]
    write.create(PERSON, ANNA, {"last_name": "Kern", "email": "kern@example.org"})
    text = exported(PERSON).replace("Kern", "Korn").replace("kern@example", "korn@example")

    def refuse(*_: Any) -> None:
        raise DomainError("No.", field="email")

    was = email.change
    object.__setattr__(email, "change", refuse)
    try:
        transfer = testing.ran(PERSON, testing.brought(PERSON, text))
    finally:
        object.__setattr__(email, "change", was)
    assert counts(transfer) == {"failed": 1}
    assert Person.objects.get().last_name == "Kern"


def test_a_record_as_it_was_has_nothing_worked_out_of_it_as_it_is() -> None:
    person = Person(last_name="Kern", custom={"color": "red", "size": 1})
    person.__dict__["employer"] = "worked out"
    named = roundtrip.as_it_was(person, "last_name", "Alt")
    colored = roundtrip.as_it_was(person, "custom__color", "blue")
    assert (named.last_name, person.last_name) == ("Alt", "Kern")
    assert (colored.custom, person.custom["color"]) == ({"color": "blue", "size": 1}, "red")
    assert "employer" not in named.__dict__
    assert "employer" in person.__dict__


Moves = Callable[[list[list[str]]], list[list[str]]]


def rearranged(text: str, move: Moves) -> str:
    """The file as somebody saves it who has moved, added or deleted columns."""
    file = io.StringIO()
    csv.writer(file).writerows(move(list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))))
    return file.getvalue()


def swapped(rows: list[list[str]]) -> list[list[str]]:
    """Two columns of text change places, which no value would betray; the first goes last."""
    a, b = rows[0].index("Industry"), rows[0].index("Country")
    for row in rows:
        row[a], row[b] = row[b], row[a]
    return [[*row[1:], row[0]] for row in rows]


def with_a_note(rows: list[list[str]]) -> list[list[str]]:
    return [[*row[:2], "Note" if row is rows[0] else "call them", *row[2:]] for row in rows]


def few_columns(rows: list[list[str]]) -> list[list[str]]:
    kept = [rows[0].index(name) for name in ("Employees", "Number")] + [len(rows[0]) - 1]
    return [[row[at] for at in kept] for row in rows]


@pytest.mark.parametrize("move", [swapped, with_a_note, few_columns])
def test_columns_are_known_again_wherever_they_stand(firm: Organisation, move: Moves) -> None:
    write.change(ORGANISATION, ANNA, firm.pk, None, {"industry": "Optik"})
    text = rearranged(exported(ORGANISATION), move)
    assert counts(testing.brought(ORGANISATION, text)) == {"unchanged": 1}
    back = testing.brought(ORGANISATION, edited(text, lambda rows: rows[0].update(Employees="9")))
    assert counts(back) == {"changed": 1}
    testing.ran(ORGANISATION, back)
    firm.refresh_from_db()
    assert (firm.employees, firm.industry, firm.country) == (9, "Optik", "Schweiz")


def test_a_column_of_somebodys_own_is_named_as_one_that_is_not_read(firm: Organisation) -> None:
    back = testing.brought(ORGANISATION, rearranged(exported(ORGANISATION), with_a_note))
    assert "Note" in back.found["ignored"]
    back = testing.brought(ORGANISATION, rearranged(exported(ORGANISATION), few_columns))
    assert back.found["ignored"] == []


def test_a_column_that_was_only_called_otherwise_is_still_the_same(firm: Organisation) -> None:
    text = exported(ORGANISATION).replace("Employees", "Staff")
    back = testing.brought(ORGANISATION, edited(text, lambda rows: rows[0].update(Staff="9")))
    assert counts(testing.ran(ORGANISATION, back)) == {"changed": 1}
    firm.refresh_from_db()
    assert firm.employees == 9


def test_what_was_changed_on_both_sides_is_told_from_moved_columns_too(firm: Organisation) -> None:
    text = edited(
        rearranged(exported(ORGANISATION), swapped), lambda rows: rows[0].update(Employees="20")
    )
    write.change(ORGANISATION, ANNA, firm.pk, None, {"employees": 15})
    assert counts(testing.brought(ORGANISATION, text)) == {"unchanged": 1, "conflicts": 1}


def test_without_its_numbers_a_list_is_a_file_like_any_other(firm: Organisation) -> None:
    text = rearranged(exported(ORGANISATION), lambda rows: [row[1:] for row in rows])
    back = testing.brought(ORGANISATION, text)
    assert (back.state, back.problem) == ("asking", "")
    assert "trip" not in back.asked


def test_a_copied_row_does_not_change_the_record_it_was_copied_from(firm: Organisation) -> None:
    def edit(rows: Rows) -> None:
        rows.append({**rows[0], "Name": "Optik Zwei AG", "Owner": ""})

    back = testing.brought(ORGANISATION, edited(exported(ORGANISATION), edit))
    assert counts(back) == {"unchanged": 1, "failed": 1}
    (row,) = looked_at(back, "problems")
    assert "An earlier row has the same number" in row["problem"]
    commands.choose_rows(ORGANISATION, ANNA, back, lambda made: made.update(fixes={"1": {"0": ""}}))
    testing.ran(ORGANISATION, testing.checked(ORGANISATION, back))
    names = Organisation.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Optik AG", "Optik Zwei AG"]
