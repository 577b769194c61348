"""What no parser and no database can take gets a plain answer, never a traceback."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from kundenkreis.crm.accounts.commands import create_shipped_roles, create_user
from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

DEEP = "[" * 20_000
DIGITS = "9" * 5_000
HUGE = "9" * 30


def where(**comparison: object) -> str:
    return json.dumps({"v": 1, "where": {"type": "compare", **comparison}})


@pytest.fixture
def page() -> Client:
    create_shipped_roles(actor=SYSTEM)
    made = create_user(
        actor=SYSTEM, email="a@kk.example", name="A", password="none", roles=["administrator"]
    )
    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    client.force_login(User.objects.get(pk=made.pk))
    return client


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/engage/events/", {"before": "²"}),
        ("/engage/events/", {"before": DIGITS}),
        (f"/engage/profiles/{HUGE}/", {}),
        (f"/crm/persons/{HUGE}/", {}),
        ("/crm/persons/", {"where": DEEP}),
        ("/crm/persons/export.csv", {"where": DEEP}),
        ("/crm/persons/", {"where": where(field="created_at", op="is", value="0001-01-01")}),
        ("/crm/persons/", {"where": where(field="created_at", op="is", value="9999-12-31")}),
        ("/crm/persons/", {"where": where(field="last_name", op="is", value="\ud800")}),
        ("/crm/persons/", {"owner_id": "²"}),
        ("/crm/organisations/", {"sort": "employees", "after": "WzFlOTk5LDFd"}),
        ("/crm/organisations/", {"sort": "employees", "after": "WzUsMWU5OTld"}),
        ("/engage/segments/count/", {"definition": DEEP}),
        ("/engage/segments/count/", {"definition": f'{{"v": {DIGITS}}}'}),
        ("/crm/persons/count/", {"definition": DEEP}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_it_answers_whatever_an_address_asks(
    page: Client, path: str, parameters: dict[str, str]
) -> None:
    assert page.get(path, parameters).status_code in (200, 400, 404, 422)


@pytest.mark.parametrize("definition", [DEEP, f'{{"v": {DIGITS}}}', '{"v": 1, "where": "\\ud800"}'])
def test_it_answers_whatever_a_form_holds(page: Client, definition: str) -> None:
    values = {"name_de": "X", "definition": definition}
    assert page.post("/engage/segments/new/", values).status_code in (400, 422)


def test_control_another_error_is_still_a_fault(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kundenkreis.records.views.lists.listing", broken)
    assert page.get("/crm/persons/").status_code == 500
