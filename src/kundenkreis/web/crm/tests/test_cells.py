"""Lists whose cells are edited in place, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named, write
from kundenkreis.records.lists import listing
from kundenkreis.records.registry import TYPES
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

HTMX = {"HX-Request": "true"}
LIST = "/crm/organisations/"


@pytest.fixture
def editing(anna: Client) -> Client:
    """Anna, who has switched lists to editing."""
    answer = anna.post("/preferences/", {"edits_lists": "on"}, headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    return anna


def cell(text: str, seen: str = "", **more: Any) -> dict[str, Any]:
    return {"text": text, "seen": seen, **more}


def put(client: Client, pk: int, address: str = LIST, **cells: Any) -> Any:
    rows = json.dumps([{"pk": pk, "cells": cells}])
    return client.post(f"{address}cells/", {"rows": rows}, headers=HTMX)


def test_a_list_is_for_reading_until_its_user_switches_and_then_stays_for_editing(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    read = anna.get(LIST).text
    assert "kk-grid" not in read
    assert "data-value" not in read
    assert 'aria-pressed="false"' in read
    anna.post("/preferences/", {"edits_lists": "on"}, headers=HTMX)
    for page in (anna.get(LIST).text, logged_in(company.anna).get(LIST).text):
        assert '<table class="table cards frozen" role="grid">' in page
        assert 'data-name="name" data-label="Name" data-value="Bergmann Optik GmbH"' in page
        assert '<template data-name="industry"><input type="text" name="industry"' in page
    assert "kk-grid" not in logged_in(company.ben).get(LIST).text
    anna.post("/preferences/", {"edits_lists": "off"}, headers=HTMX)
    assert "kk-grid" not in anna.get(LIST).text


def test_every_list_opens_for_editing(company: Company, editing: Client) -> None:
    write.create(named("product"), ANNA, {"sku": "MK-1", "name": "Messkopf"})
    edited = set()
    for kind in TYPES.values():
        page = editing.get(kind.url())
        assert page.status_code == 200
        if "<kk-grid" in page.text:
            edited.add(kind.name)
    assert {"person", "organisation", "opportunity", "product"} <= edited
    assert not {"order", "user", "team"} & edited


def test_a_list_that_is_only_read_makes_nothing_for_editing(
    company: Company, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "Grid", None)  # calling it would be an error
    assert anna.get(LIST).status_code == 200


def test_a_list_for_editing_asks_the_database_no_more_for_more_rows(
    company: Company, editing: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connections["default"]) as queries:
            editing.get("/crm/opportunities/")
        return len(queries)

    def make(number: int) -> None:
        firm = write.create(named("organisation"), ANNA, {"name": f"Firma {number}"})
        deal = {"title": f"Nr. {number}", "organisation": firm}
        write.create(named("opportunity"), ANNA, deal)

    make(0)
    asked()  # fills what is kept
    before = asked()
    for number in range(1, 10):
        make(number)
    assert asked() == before


def test_only_what_may_be_changed_is_offered_for_editing(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    ben = logged_in(company.ben)  # changes the opportunities of his team, reads all
    ben.post("/preferences/", {"edits_lists": "on"}, headers=HTMX)
    page = ben.get("/crm/opportunities/").text
    assert f'<tr id="row-{company.opportunity.pk}"' in page
    assert 'data-locked=""' in page
    answer = put(ben, company.opportunity.pk, "/crm/opportunities/", title=cell("Neu"))
    assert "yours or your team" in answer.json()["failed"][str(company.opportunity.pk)]["title"]
    assert Opportunity.objects.get().title == "Lasermesskopf"
    assert "kk-grid" not in ben.get("/crm/products/").text  # may only read them
    assert put(ben, 1, "/crm/products/", name=cell("Neu")).status_code == 403


def test_cells_are_written_and_come_back_with_their_rows(company: Company, editing: Client) -> None:
    pk = company.firm.pk
    answer = put(editing, pk, industry=cell("Optik"), employees=cell("zwölf")).json()
    assert answer["text"] == "1 cell changed, 1 refused."
    assert answer["failed"] == {str(pk): {"employees": "This is not a number."}}
    assert 'data-value="Optik">Optik</td>' in answer["rows"][str(pk)]
    assert Organisation.objects.get().industry == "Optik"
    undone = editing.post(answer["undo_url"], headers=HTMX)
    assert list(json.loads(undone["HX-Trigger"])) == ["toast", "record-changed"]
    assert "HX-Refresh" not in undone
    assert Organisation.objects.get().industry == ""


def test_a_new_row_becomes_a_record_of_the_list(company: Company, editing: Client) -> None:
    assert 'class="new-row" data-pk="0" data-required="name"' in editing.get(LIST).text
    answer = put(editing, 0, name=cell("Moser <b>AG</b>")).json()
    made = Organisation.objects.get(name="Moser <b>AG</b>")
    assert answer["made"] == [made.pk]
    assert "Moser &lt;b&gt;AG" in answer["rows"][str(made.pk)]
    assert answer["text"] == "1 record created."


@pytest.mark.parametrize(
    "rows",
    ["", "{", "[1]", "{}x", '[{"pk": "x", "cells": {}}]', '[{"pk": 1}]', '[{"pk":1,"cells":[]}]',
     '[{"pk": 1, "cells": {"name": "x"}}]', "null", '[{"pk": -1, "cells": {}}]'],
)  # fmt: skip
def test_what_is_no_cells_is_refused(company: Company, anna: Client, rows: str) -> None:
    answer = anna.post(f"{LIST}cells/", {"rows": rows}, headers=HTMX)
    assert answer.status_code == 422
    assert Organisation.objects.get().version == 1


def test_a_single_move_that_needs_a_reason_says_where_it_is_asked_for(
    company: Company, editing: Client
) -> None:
    lost, pk = str(company.stages["lost"].pk), company.opportunity.pk
    move = cell(lost, str(company.stages["new"].pk), chosen=True)
    answer = put(editing, pk, "/crm/opportunities/", stage=move).json()
    address, values = answer["ask"]["url"], answer["ask"]["values"]
    asked = editing.post(address, values, headers=HTMX)
    assert 'name="lost_reason"' in asked.text
    moved = editing.post(address, values | {"lost_reason": "Preis"}, headers=HTMX)
    told = json.loads(moved["HX-Trigger"])
    assert "record-changed" in told
    assert Opportunity.objects.get().lost_reason == "Preis"
    back = editing.post(told["toast"]["undo_url"], headers=HTMX)
    assert "record-changed" in json.loads(back["HX-Trigger"])
    assert Opportunity.objects.get().stage == company.stages["new"]


def test_a_sheet_moves_a_record_as_the_board_does(company: Company, editing: Client) -> None:
    address = f"/crm/opportunities/{company.opportunity.pk}"
    assert f'hx-post="{address}/move/"' in editing.get(f"{address}/cell/stage/").text
    lost = {"stage": str(company.stages["lost"].pk), "from": "list"}
    assert 'name="lost_reason"' in editing.post(f"{address}/move/", lost, headers=HTMX).text
    moved = editing.post(f"{address}/move/", lost | {"lost_reason": "Preis"}, headers=HTMX)
    assert "record-changed" in json.loads(moved["HX-Trigger"])
    assert Opportunity.objects.get().stage == company.stages["lost"]


def test_a_cell_is_edited_in_a_sheet_where_there_is_no_room(
    company: Company, editing: Client
) -> None:
    address = f"{LIST}{company.firm.pk}/cell/name/"
    sheet = editing.get(address).text
    assert "data-open" in sheet
    assert 'value="Bergmann Optik GmbH"' in sheet
    seen = json.dumps({"name": "Bergmann Optik GmbH"})
    refused = editing.post(address, {"name": "", "seen": seen}, headers=HTMX)
    assert (refused.status_code, "required" in refused.text) == (422, True)
    saved = editing.post(address, {"name": "Bergmann AG", "seen": seen}, headers=HTMX)
    assert list(json.loads(saved["HX-Trigger"])) == ["dialog:close", "record-changed", "toast"]
    assert Organisation.objects.get().name == "Bergmann AG"
    other = editing.post(address, {"name": "Bergmann KG", "seen": seen}, headers=HTMX)
    assert other.status_code == 422
    assert "Bergmann AG" in other.text
    assert 'value="Bergmann KG"' in other.text
