from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from django.utils import translation

from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.crm.sales.models import Opportunity, Product, Stage
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import directory, named, write
from kundenkreis.records.fields import info
from kundenkreis.records.lists.celltexts import held
from kundenkreis.records.lists.cellwriting import (
    MOST,
    NEW,
    Cell,
    Row,
    Written,
    new_names,
    write_cells,
)
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

FIRM = named("organisation")
DEAL = named("opportunity")


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """A user who writes figures and days the German way; the messages stay English here."""
    with translation.override("de"):
        yield


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [(1, "Anna Berg"), (2, "Ben Ott"), (3, "Tim Maier"), (4, "Tim Maier")]
    lookup = directory.Lookup(lambda ids: dict(people), lambda viewer, right: people)
    monkeypatch.setitem(directory.LOOKUPS, "owner_id", lookup)


def make(name: str, **values: Any) -> Organisation:
    made = write.create(FIRM, ANNA, {"name": name, **values})
    assert isinstance(made, Organisation)
    return made


def typed_into(record: Any, **texts: str) -> Row:
    """As the page sends it, with what stood in the cells when they were shown."""
    have = {field.name for field in record._meta.concrete_fields}
    return Row(
        record.pk,
        {
            name: Cell(text, held(info(type(record), name), record) if name in have else "")
            for name, text in texts.items()
        },
    )


def counts(written: Written) -> tuple[int, int, int]:
    return written.changed, written.unchanged, written.refused


def entries() -> int:
    return AuditEntry.objects.using("default").count()


def test_it_writes_what_people_type_in_their_own_notation(staff: None) -> None:
    firm, parent = make("Bergmann"), make("Straßenbau Müller")
    row = typed_into(
        firm,
        name="Bergmann Optik\nGmbH",
        employees="1.250",
        revenue_minor="18.400,50 €",
        owner_id="ben ott",
        country="",
    )
    assert counts(write_cells(FIRM, ANNA, [row])) == (4, 1, 0)
    firm.refresh_from_db()
    assert (firm.name, firm.employees) == ("Bergmann Optik GmbH", 1250)
    assert (firm.revenue_minor, firm.owner_id) == (1840050, 2)
    assert parent.version == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("21.11.2026", date(2026, 11, 21)),
        ("21.11.26", date(2026, 11, 21)),
        ("2026-11-21", date(2026, 11, 21)),
        ("21.11.", date(2025, 11, 21)),
        ("Morgen", date(2025, 3, 4)),
        ("+14", date(2025, 3, 17)),
        ("21.11", None),
        ("31.2.", None),
    ],
)
def test_it_reads_the_usual_notations_of_days(text: str, day: date | None) -> None:
    ship_pipeline(actor=SYSTEM)
    deal = write.create(DEAL, ANNA, {"title": "Messkopf"})
    with clock.freeze("2025-03-03T12:00:00Z"):
        written = write_cells(DEAL, ANNA, [typed_into(deal, expected_on=text)])
    assert counts(written) == ((1, 0, 0) if day else (0, 0, 1))
    assert Opportunity.objects.get().expected_on == day


def test_it_names_other_records_and_stages_by_their_words() -> None:
    ship_pipeline(actor=SYSTEM)
    firm = make("Straßenbau Müller")
    deal = write.create(DEAL, ANNA, {"title": "Messkopf"})
    row = typed_into(deal, organisation="STRAßENBAU müller", stage="angebot")
    assert counts(write_cells(DEAL, ANNA, [row])) == (2, 0, 0)
    found = Opportunity.objects.select_related("organisation", "stage").get()
    assert (found.organisation, found.stage.slug) == (firm, "quote")


def test_it_takes_what_was_chosen_from_a_list_by_its_stored_value(staff: None) -> None:
    firm = make("Bergmann")
    chosen = Row(firm.pk, {"owner_id": Cell("4", "1", chosen=True)})
    assert counts(write_cells(FIRM, ANNA, [chosen])) == (1, 0, 0)
    assert Organisation.objects.get().owner_id == 4


@pytest.mark.parametrize("text", ["2", "Tim Maier", "Niemand"])
def test_it_makes_no_owner_of_a_figure_or_of_a_name_that_two_have(staff: None, text: str) -> None:
    firm = make("Bergmann")
    written = write_cells(FIRM, ANNA, [typed_into(firm, owner_id=text)])
    assert list(written.failed[firm.pk]) == ["owner_id"]
    assert Organisation.objects.get().owner_id == ANNA.user_id


def test_it_writes_the_good_cells_and_tells_why_others_were_refused() -> None:
    first, second = make("A", employees=5), make("B", employees=7)
    rows = [
        typed_into(first, employees="zwölf", industry="Optik"),
        typed_into(second, employees="7", name="", industry="Bau"),
    ]
    written = write_cells(FIRM, ANNA, rows)
    assert counts(written) == (2, 1, 2)
    assert {pk: list(cells) for pk, cells in written.failed.items()} == {
        first.pk: ["employees"],
        second.pk: ["name"],
    }
    stored = Organisation.objects.order_by("pk").values_list("name", "employees", "industry")
    assert list(stored) == [("A", 5, "Optik"), ("B", 7, "Bau")]


def test_one_undo_takes_a_paste_back_however_many_rows_it_had() -> None:
    firms = [make(f"Firma {n}", industry="Bau") for n in range(30)]
    written = write_cells(FIRM, ANNA, [typed_into(firm, industry="Optik") for firm in firms])
    assert written.changed == 30
    assert undo(ANNA, Side.CRM, written.batch).count == 30
    assert set(Organisation.objects.values_list("industry", flat=True)) == {"Bau"}


def test_it_writes_nothing_down_for_cells_that_are_so_already() -> None:
    firm = make("Bergmann", employees=1250, industry="Optik")
    before = entries()
    row = typed_into(firm, employees="1.250", industry="Optik ")
    assert counts(write_cells(FIRM, ANNA, [row])) == (0, 2, 0)
    assert entries() == before
    assert Organisation.objects.get().version == 1


def test_it_loses_nobodys_value_when_two_people_type_into_the_same_cell() -> None:
    firm = make("Bergmann", industry="Bau", employees=5)
    row = typed_into(firm, industry="Optik")
    write.change(FIRM, ANNA, firm.pk, None, {"industry": "Handel"})
    written = write_cells(FIRM, ANNA, [row])
    assert "Handel" in written.failed[firm.pk]["industry"]
    assert Organisation.objects.get().industry == "Handel"
    # Having seen it, typing again is a decision.
    again = Row(firm.pk, {"industry": Cell("Optik", "Handel")})
    assert counts(write_cells(FIRM, ANNA, [again])) == (1, 0, 0)


def test_it_tells_two_records_of_the_same_name_apart() -> None:
    ship_pipeline(actor=SYSTEM)
    first, second, third = make("Moser"), make("Moser"), make("Kern")
    deal = write.create(DEAL, ANNA, {"title": "Messkopf", "organisation": first})
    row = typed_into(deal, organisation="Kern")
    write.change(DEAL, ANNA, deal.pk, None, {"organisation": second})
    assert list(write_cells(DEAL, ANNA, [row]).failed[deal.pk]) == ["organisation"]
    assert Opportunity.objects.get().organisation == second != third


def test_it_does_not_mind_that_another_cell_of_the_row_was_changed_meanwhile() -> None:
    firm = make("Bergmann", industry="Bau", employees=5)
    row = typed_into(firm, employees="6")
    write.change(FIRM, ANNA, firm.pk, None, {"industry": "Handel"})
    assert counts(write_cells(FIRM, ANNA, [row])) == (1, 0, 0)
    firm.refresh_from_db()
    assert (firm.industry, firm.employees) == ("Handel", 6)


def test_it_says_of_each_row_whether_it_may_be_changed_and_writes_the_others() -> None:
    ours, theirs, others = make("Ours", team_id=1), make("Theirs", team_id=2), make("X")
    grants = {"crm.organisation.read": Level.ALL, "crm.organisation.change": Level.TEAM}
    ben = replace(BEN, grants=MappingProxyType(grants))
    gone = Row(9999, {"industry": Cell("Optik", "")})
    rows = [typed_into(row, industry="Optik") for row in (ours, theirs, others)]
    written = write_cells(FIRM, ben, [*rows, gone])
    assert counts(written) == (1, 0, 3)
    assert "Ihrem Team gehören" in written.failed[theirs.pk]["industry"]
    assert list(written.failed) == [theirs.pk, others.pk, 9999]
    assert Organisation.objects.get(industry="Optik") == ours
    blind = replace(ben, grants=MappingProxyType({"crm.organisation.*": Level.OWN}))
    hidden, gone = write_cells(FIRM, blind, [rows[0], gone]).failed.values()
    assert hidden == gone  # nobody learns what there is


def test_it_refuses_carla_and_a_reader_altogether() -> None:
    firm = make("Bergmann")
    reader = Viewer("Rita", 9, grants=MappingProxyType({"crm.*.read": Level.ALL}))
    for viewer in (CARLA, reader):
        with pytest.raises(NotAllowed):
            write_cells(FIRM, viewer, [typed_into(firm, industry="Optik")])
    assert Organisation.objects.get().industry == ""


@pytest.mark.parametrize("name", ["id", "version", "custom", "changed_at", "parent", "nonsense"])
def test_it_changes_only_what_the_list_offers(name: str) -> None:
    firm = make("Bergmann")
    before = entries()
    assert name in write_cells(FIRM, ANNA, [typed_into(firm, **{name: "7"})]).failed[firm.pk]
    assert entries() == before


def test_it_changes_no_field_that_is_locked_for_the_viewer() -> None:
    firm = make("Bergmann")
    locked = replace(ANNA, locked=MappingProxyType({"crm.organisation": frozenset({"industry"})}))
    row = typed_into(firm, industry="Optik", employees="5")
    assert list(write_cells(FIRM, locked, [row]).failed[firm.pk]) == ["industry"]
    found = Organisation.objects.get()
    assert (found.industry, found.employees) == ("", 5)


def test_a_rule_that_refuses_one_row_leaves_its_neighbours_alone() -> None:
    ship_pipeline(actor=SYSTEM)
    first, second = (write.create(DEAL, ANNA, {"title": title}) for title in "AB")
    rows = [
        typed_into(first, stage="Verloren", title="A2"),
        typed_into(second, stage="Gewonnen", title="B2"),
    ]
    written = write_cells(DEAL, ANNA, rows)
    assert set(written.failed) == {first.pk}
    assert Stage.Kind(Opportunity.objects.get(pk=second.pk).stage.kind) is Stage.Kind.WON
    assert Opportunity.objects.get(pk=first.pk).title == "A"


def test_two_rows_of_one_paste_do_not_get_the_same_unique_value() -> None:
    kind = named("product")
    made = [write.create(kind, ANNA, {"sku": sku, "name": sku}) for sku in ("A", "B")]
    written = write_cells(kind, ANNA, [typed_into(one, sku="NEU", price="1,5") for one in made])
    assert counts(written) == (3, 0, 1)
    assert list(written.failed) == [made[1].pk]
    assert list(Product.objects.order_by("pk").values_list("sku", "price")) == [
        ("NEU", Decimal("1.5")),
        ("B", Decimal("1.5")),
    ]


def test_it_refuses_more_than_a_page_has() -> None:
    firm = make("Bergmann")
    with pytest.raises(DomainError):
        write_cells(FIRM, ANNA, [typed_into(firm, industry="x")] * (MOST + 1))
    with pytest.raises(DomainError):  # rows without a cell cost as much
        write_cells(FIRM, ANNA, [typed_into(firm)] * (MOST + 1))
    assert Organisation.objects.get().industry == ""


def new(**texts: str) -> Row:
    return Row(NEW, {name: Cell(text, "") for name, text in texts.items()})


def test_it_makes_a_record_of_a_new_row_and_takes_it_back() -> None:
    ship_pipeline(actor=SYSTEM)
    written = write_cells(DEAL, ANNA, [new(title="Messkopf", value_minor="1.500")])
    made = Opportunity.objects.get()
    assert (written.made, written.failed) == ([made.pk], {})
    assert (made.title, made.value_minor, made.owner_id) == ("Messkopf", 150000, ANNA.user_id)
    undo(ANNA, Side.CRM, written.batch)
    assert not Opportunity.objects.exists()


def test_it_makes_nothing_of_a_row_that_is_not_whole_and_says_what_is_missing() -> None:
    product = named("product")
    assert list(write_cells(product, ANNA, [new(name="Messkopf")]).failed[NEW]) == ["sku"]
    wrong = write_cells(product, ANNA, [new(name="Messkopf", sku="1", price="teuer")])
    assert list(wrong.failed[NEW]) == ["price"]
    assert not Product.objects.exists()


def test_a_new_row_is_offered_where_the_columns_are_all_that_a_record_needs() -> None:
    everything = [column.name for column in FIRM.columns]
    assert "name" in new_names(FIRM, ANNA, everything)
    assert new_names(FIRM, ANNA, ["industry"]) == []
    assert new_names(named("product"), ANNA, ["name", "price"]) == []  # there is no number
    assert new_names(named("person"), ANNA, [one.name for one in named("person").columns]) == []
    assert new_names(FIRM, CARLA, everything) == []
    hidden = replace(ANNA, hidden=MappingProxyType({"crm.organisation": frozenset({"name"})}))
    assert new_names(FIRM, hidden, everything) == []
    with pytest.raises(NotAllowed):
        write_cells(FIRM, CARLA, [new(name="X")])
