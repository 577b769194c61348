"""Administrators see to staff and roles on pages; what they change holds with the next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client

from kundenkreis.crm.accounts.models import Absence, Role, User
from kundenkreis.crm.accounts.queries import today
from kundenkreis.crm.accounts.token_queries import token_of
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

Open = Callable[[User], Client]


def test_p09_rights_given_and_taken_hold_with_the_next_request(
    company: Company, anna: Client, carla: Client
) -> None:
    page = f"/crm/users/{company.carla.pk}/access/"
    sales = Role.objects.get(slug="sales").pk
    assert carla.get("/crm/persons/").status_code == 403
    anna.post(page, {"roles": [sales], "is_active": "on"})
    assert "Jana Weiß" in carla.get("/crm/persons/").text
    anna.post(page, {"roles": [sales], "is_active": "on", "until": "2020-01-01"})
    assert carla.get("/crm/persons/").status_code == 403
    assert carla.get("/crm/persons/").status_code == 302  # and logged out
    anna.post(page, {"roles": [sales]})
    carla.force_login(company.carla, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert carla.get("/crm/persons/").status_code == 302


def test_a_role_is_edited_as_a_table(company: Company, anna: Client, logged_in: Open) -> None:
    role = Role.objects.get(slug="sales")
    page = f"/crm/roles/{role.pk}/"
    shown = anna.get(page).text
    assert '<option value="all" selected>' in shown
    ben = logged_in(company.ben)
    assert "jana@example.org" in ben.get("/crm/persons/").text
    data = {f"g:{right}": level for right, level in role.grants.items()}
    names = {"label_de": "Vertrieb", "label_en": "Sales"}
    answer = anna.post(page, names | data | {"f:crm.person:email": "hidden"})
    assert answer.status_code == 302
    role.refresh_from_db()
    assert role.fields == {"crm.person": {"email": "hidden"}}
    assert role.grants == data_without_prefix(data)
    assert "jana@example.org" not in ben.get("/crm/persons/").text
    assert "jana@example.org" not in ben.get(f"/crm/persons/{company.person.pk}/").text
    assert anna.post(page, names | {"f:crm.person:last_name": "hidden"}).status_code == 422
    assert anna.post(page, {"label_de": ""}).status_code == 422
    assert ben.post(page, names).status_code == 403


def data_without_prefix(data: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("g:"): level for name, level in data.items()}


def test_the_administrators_cannot_lock_themselves_out(company: Company, anna: Client) -> None:
    role = Role.objects.get(slug="administrator")
    answer = anna.post(f"/crm/roles/{role.pk}/", {"label_de": "Chef", "g:*.*.read": "all"})
    assert answer.status_code == 422
    assert "nobody could administer" in answer.text
    answer = anna.post(f"/crm/users/{company.anna.pk}/access/", {"roles": [], "is_active": "on"})
    assert answer.status_code == 422
    assert Role.objects.get(slug="administrator").grants == {"*.*.*": "all"}


def test_somebody_is_let_in_by_a_link(company: Company, anna: Client) -> None:
    made = anna.post(
        "/crm/users/new/", {"name": "Dora Neu", "email": "Dora@Example.org", "language": "en"}
    )
    dora = User.objects.get(email="dora@example.org")
    assert made["Location"] == f"/crm/users/{dora.pk}/"
    shown = anna.post(f"/crm/users/{dora.pk}/invite/").text
    link = shown.partition("http://127.0.0.1:8000")[2].partition("<")[0]
    (sent,) = mail.outbox
    assert sent.to == ["dora@example.org"]
    assert f"http://127.0.0.1:8000{link}" in sent.body
    assert sent.subject == "Your access to Kundenkreis"
    guest = Client()
    assert guest.get("/").status_code == 302
    assert guest.get(link).status_code == 200
    assert guest.get(link).status_code == 200  # looking at it uses nothing up
    assert guest.post(link, {"password": "kurz"}).status_code == 422
    assert guest.post(link, {"password": "vier grüne Enten"})["Location"] == "/"
    assert guest.get("/").status_code == 200
    assert Client().get(link).status_code == 404
    assert Client().get(f"{link[:-3]}xy/").status_code == 404
    assert Client().get("/account/invitation/999/x/").status_code == 404


def test_absences_are_planned_on_a_page_and_told_of_on_the_return(
    company: Company, anna: Client, logged_in: Open
) -> None:
    ben, day = logged_in(company.ben), today()
    data = {
        "user": company.ben.pk, "deputy": company.anna.pk,
        "starts_on": day.isoformat(), "ends_on": day.isoformat(),
    }  # fmt: skip
    assert ben.post("/crm/absences/", {**data, "user": company.anna.pk}).status_code == 422
    assert ben.post("/crm/absences/", data).status_code == 302
    assert "You stand in for Ben" in anna.get("/").text
    absence = Absence.objects.get()
    assert "deputy: Anna" in ben.get("/crm/absences/").text
    move(absence, days=-2)
    assert "You stand in for" not in anna.get("/").text
    assert "Anna stood in for you" in ben.get("/").text
    assert "Nothing was changed for you" in ben.get(f"/crm/absences/{absence.pk}/").text
    assert anna.get(f"/crm/absences/{absence.pk}/").status_code == 404
    ben.post(f"/crm/absences/{absence.pk}/seen/")
    assert "Anna stood in for you" not in ben.get("/").text


def move(absence: Absence, days: int) -> None:
    def moved(day: date) -> date:
        return day + timedelta(days=days)

    Absence.objects.filter(pk=absence.pk).update(
        starts_on=moved(absence.starts_on), ends_on=moved(absence.ends_on)
    )


def test_a_record_is_shared_on_its_page(
    company: Company, anna: Client, carla: Client, logged_in: Open
) -> None:
    role = Role.objects.get(slug="temporary")
    anna.post(
        f"/crm/users/{company.carla.pk}/access/",
        {"roles": [role.pk], "is_active": "on", "until": "2099-01-01"},
    )
    record = f"/crm/persons/{company.person.pk}/"
    assert carla.get(record).status_code == 404
    assert f"{record}shares/" in anna.get(record).text
    assert anna.post(f"{record}shares/", {"whom": "", "level": "read"}).status_code == 422
    data = {"whom": f"user:{company.carla.pk}", "level": "read"}
    assert anna.post(f"{record}shares/", data).status_code == 302
    assert "Jana Weiß" in carla.get(record).text
    assert carla.get(f"{record}shares/").status_code == 403
    page = anna.get(f"{record}shares/").text
    end = page.partition(f'action="{record}shares/')[2].partition('"')[0]
    assert carla.post(f"{record}shares/{end}").status_code == 403
    anna.post(f"{record}shares/{end}")
    assert carla.get(record).status_code == 404


def test_a_token_is_shown_once_and_revoked_on_its_page(company: Company, logged_in: Open) -> None:
    ben, page = logged_in(company.ben), "/crm/tokens/"
    form = {"name": "Shop", "level": "read", "types": ["crm.person"], "until": "2026-12-31"}
    shown = ben.post(page, form).text
    key = shown.partition('class="password">')[2].partition("<")[0]
    token = token_of(key)
    assert token is not None
    assert token.scopes == {"crm.person": "read"}
    again = ben.get(page).text
    assert key not in again
    assert "Persons: Read" in again
    assert ben.post(page, form | {"until": "2020-01-01"}).status_code == 422
    assert logged_in(company.carla).post(f"{page}{token.pk}/revoke/").status_code == 403
    assert logged_in(company.anna).get(page).text.count("Shop · Ben") == 1
    ben.post(f"{page}{token.pk}/revoke/")
    assert token_of(key) is None
