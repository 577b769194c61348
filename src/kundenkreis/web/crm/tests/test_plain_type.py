"""A model, a migration, a privacy map and one short declaration: what a type has for that.

Everything here is called as its users call it, over HTTP, on a type that only tests have
(`records/tests/plain`).
"""

from __future__ import annotations

import ast
import html
import inspect
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.kernel import store
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records.explain import explain
from kundenkreis.records.tests.plain import records
from kundenkreis.records.tests.plain.models import Loan
from kundenkreis.records.urls import patterns_of
from kundenkreis.ui.testing import inline_code
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.crm.tests.test_imports import brought, step

pytestmark = pytest.mark.django_db(databases=BOTH)

MOST_LINES = 15
LIST = "/crm/loans/"
NEW = {"name": "Größenprüfer", "state": "ready", "deposit_minor": "1250.50", "weight": "2.5"}


def page(client: Client, address: str, **query: object) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    text = answer.content.decode()
    assert not inline_code(text), address
    return html.unescape(text)


def loan(name: str = "Größenprüfer", **values: object) -> Loan:
    with store.group(Side.CRM, "test"):
        return store.create(SYSTEM, Loan, name=name, **values)


def names(text: str) -> list[str]:
    """The records of a list in their order."""
    return re.findall(r'<a href="/crm/loans/\d+/[^"]*"[^>]*>([^<]+)</a>', text)


@pytest.fixture
def loans(company: Company) -> list[Loan]:
    return [
        loan("Brille", state="lent", firm=company.firm, lent_on=date(2026, 11, 3)),
        loan("Achse", deposit_minor=9900, insured=True),
        loan("Mikroskop", deposit_minor=10000, notes="Für Messen in Straßburg"),
    ]


def test_its_declaration_is_short() -> None:
    (declared,) = (
        node
        for node in ast.walk(ast.parse(inspect.getsource(records)))
        if isinstance(node, ast.Assign)
    )
    assert declared.end_lineno is not None
    assert declared.end_lineno - declared.lineno + 1 <= MOST_LINES


def test_it_has_a_list_that_is_sorted_filtered_searched_and_arranged(
    anna: Client, loans: list[Loan]
) -> None:
    assert names(page(anna, LIST)) == ["Achse", "Brille", "Mikroskop"]
    assert names(page(anna, LIST, sort="-name")) == ["Mikroskop", "Brille", "Achse"]
    assert names(page(anna, LIST, sort="deposit_minor"))[:2] == ["Achse", "Mikroskop"]
    assert names(page(anna, LIST, state="lent")) == ["Brille"]
    assert names(page(anna, LIST, insured="1")) == ["Achse"]
    value = {"minor": 9950, "currency": "EUR"}
    where = {"type": "compare", "field": "deposit_minor", "op": "gte", "value": value}
    asked = json.dumps({"v": 1, "where": where})
    assert names(page(anna, LIST, where=asked)) == ["Mikroskop"]
    assert names(page(anna, LIST, q="strassb")) == ["Mikroskop"]
    assert "Weight" in page(anna, LIST, columns="name,weight")
    assert "kk-conditions" in page(anna, f"{LIST}filter/")
    counted = anna.get(f"{LIST}count/", {"definition": asked}).json()
    assert counted["number"] == 1


def test_it_is_found_and_named_everywhere(anna: Client, loans: list[Loan]) -> None:
    found = page(anna, reverse("palette"), q="mikro")
    assert f"/crm/loans/{loans[2].pk}/" in found
    assert f'href="{LIST}"' in page(anna, "/")
    assert f"{LIST}new/" in page(anna, reverse("palette"), q="new loan")
    assert "Mikroskop" in page(anna, f"{LIST}suggestions/", firm="mikr")
    said = explain("loan")
    for words in ("/crm/loans/<int:pk>/", "crm.loan.change", "records/tests/plain/models.py"):
        assert words in said


def test_it_has_a_next_step(anna: Client, loans: list[Loan]) -> None:
    address = f"{LIST}{loans[0].pk}/next-step/"
    assert f'hx-get="{address}"' in page(anna, f"{LIST}{loans[0].pk}/")
    typed = {
        "next_step": "Ask",
        "next_step_on": "3.11.2026",
        "seen": '{"next_step": "", "next_step_on": null}',
    }
    assert anna.post(address, typed).status_code == 204
    assert names(page(anna, LIST, next_step_on="none")) == ["Achse", "Mikroskop"]


def test_it_has_a_form_that_loses_nothing(anna: Client, company: Company) -> None:
    assert 'name="deposit_minor"' in page(anna, f"{LIST}new/")
    wrong = anna.post(f"{LIST}new/", {**NEW, "deposit_minor": "much"})
    assert wrong.status_code == 422
    assert 'value="much"' in wrong.content.decode()
    assert "Größenprüfer" in wrong.content.decode()
    made = anna.post(f"{LIST}new/", {**NEW, "firm": "Bergmann Optik GmbH", "lent_on": "2026-11-03"})
    assert made.status_code == 302
    stored = Loan.objects.get()
    assert (stored.deposit_minor, stored.weight, stored.lent_on, stored.firm, stored.owner_id) == (
        125050, Decimal("2.5"), date(2026, 11, 3), company.firm, company.anna.pk,
    )  # fmt: skip
    taken = anna.post(f"{LIST}new/", NEW)
    assert taken.status_code == 422
    assert "already taken" in taken.content.decode()


def test_it_has_a_page_that_is_edited_in_place_and_as_a_whole(
    anna: Client, loans: list[Loan]
) -> None:
    address = f"{LIST}{loans[0].pk}/"
    text = page(anna, address)
    for words in ("Brille", "Lent", "Bergmann Optik GmbH", "3 Nov 2026"):
        assert words in text
    field = f"{address}edit/weight/"
    assert 'name="weight"' in page(anna, field)
    assert anna.post(field, {"weight": "x", "seen": "{}"}).status_code == 422
    seen = json.dumps({"weight": None})
    assert anna.post(field, {"weight": "1.75", "seen": seen}).status_code == 200
    assert Loan.objects.get(pk=loans[0].pk).weight == Decimal("1.75")
    differs = anna.post(field, {"weight": "2", "seen": seen})
    assert differs.status_code == 422
    assert "1.75" in differs.content.decode()
    assert 'name="notes"' in page(anna, f"{address}edit/")
    beside = anna.get(f"{address}panel/", headers={"HX-Request": "true"})
    assert "Brille" in beside.content.decode()


def cells(client: Client, one: Loan, text: str) -> int:
    """Type a note into the list."""
    row = {"pk": one.pk, "cells": {"notes": {"text": text, "seen": one.notes}}}
    return client.post(f"{LIST}cells/", {"rows": json.dumps([row])}).status_code


def test_it_is_edited_in_the_list(anna: Client, loans: list[Loan]) -> None:
    assert cells(anna, loans[1], "geputzt") == 200
    assert Loan.objects.get(pk=loans[1].pk).notes == "geputzt"
    assert anna.get(f"{LIST}{loans[1].pk}/cell/notes/").status_code == 200


def test_it_has_a_history_a_past_and_an_undo(
    anna: Client, loans: list[Loan], company: Company
) -> None:
    address = f"{LIST}{loans[0].pk}/"
    seen = json.dumps({"state": "lent"})
    answer = anna.post(f"{address}edit/state/", {"state": "ready", "seen": seen})
    told = page(anna, f"{address}history/")
    assert re.search(r"<del>Lent</del>.*<ins>Ready</ins>", told)
    assert "It did not exist yet." in page(anna, f"{address}history/", on="2020-01-01")
    assert "Ready" in page(anna, f"{address}history/", on="2126-01-01")
    undo = json.loads(answer["HX-Trigger-After-Settle"])["toast"]["undo_url"]
    anna.post(undo)
    assert Loan.objects.get(pk=loans[0].pk).state == "lent"


def test_it_has_a_bin(anna: Client, loans: list[Loan]) -> None:
    anna.post(f"{LIST}{loans[1].pk}/remove/")
    assert not Loan.objects.filter(name="Achse").exists()
    (undo,) = re.findall(r'action="(/crm/loans/undo/\w+/)"', page(anna, f"{LIST}bin/"))
    anna.post(undo)
    back = Loan.objects.get(name="Achse")
    assert (back.pk, back.deposit_minor, back.insured) == (loans[1].pk, 9900, True)


def test_it_goes_out_as_files_and_comes_in_again(anna: Client, loans: list[Loan]) -> None:
    text = b"".join(anna.get(f"{LIST}export.csv")).decode("utf-8-sig")
    assert [line.split(",")[1] for line in text.splitlines()] == [
        "Name", "Achse", "Brille", "Mikroskop"
    ]  # fmt: skip
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(anna.get(f"{LIST}export.xlsx"))))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == ["Name", "Achse", "Brille", "Mikroskop"]
    came = brought(anna, "Name;Deposit;Lent\nWaage;12,50;03.11.2026\nLupe;x;\n", slug="loans")
    columns = {
        "column": ["name", "deposit_minor", "lent_on"], "rule": ["overwrite"] * 3, "decimal": ",",
        "dates": "dmy", "mode": "create", "key": ["name"],
    }  # fmt: skip
    checked = step(anna, came, "columns", columns)
    assert "This is not a number." in checked
    done = step(anna, came, "run")
    assert Loan.objects.get(name="Waage").deposit_minor == 1250
    assert not Loan.objects.filter(name="Lupe").exists()
    undo = re.search(r'action="(/crm/loans/undo/\w+/)"', done)
    assert undo
    anna.post(undo[1])
    assert not Loan.objects.filter(name="Waage").exists()


def test_many_are_changed_tagged_and_assigned_at_once(
    anna: Client, loans: list[Loan], company: Company
) -> None:
    picked = "&".join(f"row={one.pk}" for one in loans[:2])
    answer = anna.post(f"{LIST}bulk/edit/?{picked}", {"notes": "geprüft"})
    said = json.loads(answer["HX-Trigger"])["toast"]
    assert said["text"] == "2 records were changed."
    anna.post(said["undo_url"])
    assert not Loan.objects.filter(notes="geprüft").exists()
    anna.post(f"{LIST}bulk/tag/?{picked}", {"new": "Messe"})
    anna.post(f"{LIST}bulk/assign/?all=1", {"owner_id": company.ben.pk})
    assert names(page(anna, LIST, tags="Messe")) == ["Achse", "Brille"]
    assert set(Loan.objects.values_list("owner_id", flat=True)) == {company.ben.pk}


def test_a_company_adds_fields_of_its_own(anna: Client, loans: list[Loan]) -> None:
    asked = {"label_0": "Regal", "label_1": "Shelf", "section": "loan", "purpose": "nobody"}
    made = anna.post(f"{LIST}fields/new/?type=text", asked)
    assert made.status_code == 302, made.content.decode()
    answer = anna.post(f"{LIST}new/", {**NEW, "custom__shelf": "B 7"})
    assert answer.status_code == 302
    assert "B 7" in page(anna, answer["Location"])
    assert "B 7" in page(anna, LIST, columns="name,custom__shelf")


def test_it_is_marked_and_shared(anna: Client, loans: list[Loan]) -> None:
    for what in ("star", "follow", "seen"):
        assert anna.post(f"{LIST}{loans[0].pk}/{what}/").status_code in (200, 204, 302), what
    assert "Brille" in page(anna, "/own/")


def routes(pk: int) -> Iterator[str]:
    """Every address of the type, filled in."""
    fills = {"pk": pk, "name": "notes", "what": "edit", "form": "csv"}
    for pattern in patterns_of(records.LOAN):
        yield "/crm/" + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda found: str(fills.get(found[1], 1)), str(pattern.pattern)
        )


def test_whoever_has_no_right_gets_nothing_and_changes_nothing(
    carla: Client, loans: list[Loan]
) -> None:
    before = list(Loan.objects.order_by("pk").values())
    audited = AuditEntry.objects.using("default").count()
    seen = 0
    for address in routes(loans[0].pk):
        for ask in (carla.get, carla.post):
            answer = ask(address)
            assert answer.status_code in (403, 404, 405, 422), (address, answer.status_code)
            assert "Brille" not in answer.content.decode(), address
            seen += 1
    assert seen > 50
    cells(carla, loans[1], "geputzt")
    assert list(Loan.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.using("default").count() == audited


def test_a_stranger_is_asked_to_log_in(loans: list[Loan]) -> None:
    for address in routes(loans[0].pk):
        assert Client().get(address)["Location"].startswith("/account/login/"), address


def test_rights_reach_ones_own_records_and_fields_are_hidden(
    loans: list[Loan], logged_in: Callable[[User], Client]
) -> None:
    with store.group(Side.CRM, "test"):
        role = store.create(
            SYSTEM, Role, slug="lender", label={"en": "Lender"},
            grants={"crm.loan.*": "own"}, fields={"crm.loan": {"notes": "hidden"}},
        )  # fmt: skip
    lender = accounts.create_user(
        actor=SYSTEM, email="lender@example.org", name="Lena", password="drei bunte Vögel",
        roles=[role.slug], language="en",
    )  # fmt: skip
    with store.group(Side.CRM, "test"):
        store.change(SYSTEM, store.lock(Loan, loans[2].pk), owner_id=lender.pk)
    client = logged_in(lender)
    assert names(page(client, LIST)) == ["Mikroskop"]
    assert "Mikroskop" in b"".join(client.get(f"{LIST}export.csv")).decode()
    assert "Achse" not in b"".join(client.get(f"{LIST}export.csv")).decode()
    assert client.get(f"{LIST}{loans[0].pk}/").status_code == 404
    mine = page(client, f"{LIST}{loans[2].pk}/")
    assert "Straßburg" not in mine
    assert names(page(client, LIST, q="strassb")) == []
    assert client.get(f"{LIST}{loans[2].pk}/edit/notes/").status_code == 404
