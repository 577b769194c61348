from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from zipfile import ZipFile

import pytest
from django.http import QueryDict
from django.utils import translation
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.exchange import marks
from kundenkreis.records.exchange.exporting import csv_file, excel_file, export, file_name
from kundenkreis.records.exchange.writers import MOST_ROWS, Workbook, safe, unsafe
from kundenkreis.records.lists import saved_views

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, ORGANISATION, OPPORTUNITY = map(named, ("person", "organisation", "opportunity"))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def exported(viewer: Viewer = ANNA, query: str = "") -> list[dict[str, str]]:
    text = "".join(csv_file(export(PERSON, viewer, QueryDict(query), "csv")))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_it_exports_the_rows_of_the_view_and_no_others() -> None:
    write.create(PERSON, ANNA, {"last_name": "Weiß", "source": "Messe"})
    write.create(PERSON, ANNA, {"last_name": "Kern", "source": "Web", "owner_id": 5})
    assert [row["Last name"] for row in exported()] == ["Kern", "Weiß"]
    assert [row["Last name"] for row in exported(query="source=Messe")] == ["Weiß"]
    assert [row["Last name"] for row in exported(query="sort=-name")] == ["Weiß", "Kern"]
    assert exported(BEN) == []  # his team's rows only, and there are none


def test_it_refuses_an_export_at_once() -> None:
    with pytest.raises(NotAllowed):
        export(PERSON, CARLA, QueryDict(), "csv")


def test_it_leaves_out_what_the_viewer_may_not_see() -> None:
    write.create(PERSON, ANNA, {"last_name": "Weiß", "customer_number": "K-77"})
    blind = replace(ANNA, hidden=MappingProxyType({"crm.person": frozenset({"customer_number"})}))
    assert "Customer number" in exported()[0]
    assert "Customer number" not in exported(blind)[0]
    assert "K-77" not in "".join(csv_file(export(PERSON, blind, QueryDict(), "csv")))


def test_it_refuses_a_list_that_excel_would_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ABC":
        write.create(PERSON, ANNA, {"last_name": name})
    monkeypatch.setitem(MOST_ROWS, "xlsx", 2)
    with pytest.raises(DomainError, match="too long"):
        export(PERSON, ANNA, QueryDict(), "xlsx")
    assert len(exported()) == 3


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@cmd", "\tx", "'=1", "''=1", "＝1", "'t"])
def test_it_makes_formulas_harmless_and_back(text: str) -> None:
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "＝"))
    assert unsafe(safe(text)) == text


def test_s08_it_writes_no_cell_that_a_spreadsheet_would_run() -> None:
    write.create(PERSON, ANNA, {"last_name": '=HYPERLINK("http://x")', "phone": "+49 30 1234567"})
    (row,) = exported()
    assert row["Last name"].startswith("'=")
    assert row["Phone"].startswith("'+")
    with excel_file(export(PERSON, ANNA, QueryDict(), "xlsx")) as file:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
        file.seek(0)
        assert b"<f>" not in file.read()  # deflated or not, the sheet below says it too
    assert '=HYPERLINK("http://x")' in sheet[1]


def test_it_writes_figures_money_and_days_as_what_they_are() -> None:
    values = {"name": "Optik AG", "employees": 1_250, "revenue_minor": 123_456, "founded": 1987}
    ship_pipeline(actor=SYSTEM)
    firm = write.create(ORGANISATION, ANNA, values)
    sale = {"title": "Laser", "organisation": firm, "value_minor": 99, "currency": "JPY"}
    write.create(OPPORTUNITY, ANNA, {**sale, "expected_on": date(2026, 3, 1)})
    row = cells(ORGANISATION)
    assert (row["Employees"], row["Annual revenue"]) == (1_250, 1_234.56)
    row = cells(OPPORTUNITY)
    assert 99 in row.values()
    assert date(2026, 3, 1) in row.values()
    assert row["Number"] == OPPORTUNITY.model._default_manager.get().pk


def cells(kind: object) -> dict[str, object]:
    with excel_file(export(kind, ANNA, QueryDict(), "xlsx")) as file:  # type: ignore[arg-type]
        head, row = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    return dict(zip(head, row, strict=True))


def test_a_file_says_what_it_is_of_and_which_version_each_row_has() -> None:
    person = write.create(PERSON, ANNA, {"last_name": "Weiß"})
    found = export(PERSON, ANNA, QueryDict(), "xlsx")
    with excel_file(found) as file:
        book = CalamineWorkbook.from_filelike(file)
        hidden = book.sheets_metadata[1]
        assert hidden.visible is not SheetVisibleEnum.Visible
        said = book.get_sheet_by_name(marks.SHEET).to_python()[0][0]
        sheet = book.get_sheet_by_index(0).to_python()
    mark = marks.read(said)
    assert mark is not None
    assert (mark.subject, mark.columns[0]) == ("crm.person", "id")
    assert (sheet[1][0], sheet[1][-1]) == (person.pk, 1)
    (row,) = exported()
    same = marks.read(list(row)[-1])
    assert same is not None
    assert (same.subject, same.columns) == (mark.subject, mark.columns)


def test_a_mark_that_was_not_made_here_is_none() -> None:
    said = marks.text("crm.person", ["id", "last_name"])
    assert marks.read(said) is not None
    assert marks.read(said.replace("last_name", "source")) is None
    assert marks.read(said[:-1]) is None
    assert marks.read("Last name") is None


def test_its_name_has_the_company_s_day() -> None:
    with clock.freeze("2026-11-27T23:30:00Z"):
        assert file_name(PERSON, ANNA, QueryDict(), "csv") == "persons-2026-11-28.csv"


def test_its_name_tells_type_and_view_in_the_user_s_language() -> None:
    state = {"q": ["Müller"]}
    view = saved_views.save(
        named("order"), ANNA, state, board=False, name="Mein Blick: Große!", sharing="private"
    )
    with clock.freeze("2026-11-27T12:00:00Z"), translation.override("de"):
        opened = QueryDict(f"q=Müller&base={view.pk}")
        assert file_name(named("order"), ANNA, opened, "xlsx") == (
            "auftraege-mein-blick-grosse-2026-11-27.xlsx"
        )
        other = QueryDict(f"q=Maier&base={view.pk}")
        assert file_name(named("order"), ANNA, other, "csv") == "auftraege-2026-11-27.csv"
        mine = QueryDict("owner_id=1&base=mine")
        assert file_name(PERSON, ANNA, mine, "csv") == "personen-meine-2026-11-27.csv"
        assert file_name(PERSON, ANNA, QueryDict("base=all"), "csv") == "personen-2026-11-27.csv"


def test_columns_of_a_workbook_are_as_wide_as_what_stands_in_them() -> None:
    file = io.BytesIO()
    book = Workbook(file)
    book.head("x", ["Nr", "Name", "Notiz", "Wert"], "mark")
    book.row([1, "Bergmann Optik GmbH & Co. KG", "lang " * 50, Money(123_456_789, "EUR")], None)
    book.close()
    sheet = ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    widths = [round(float(width)) for width in re.findall(r'<col [^>]*width="([0-9.]+)"', sheet)]
    assert widths[:4] == [7, 30, 61, 15]
