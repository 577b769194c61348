from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.sales.models import Stage
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

FIRST = {"name": "Hanna Seidel", "email": "hanna@example.org", "password": "drei bunte Vögel"}


@pytest.fixture
def hanna() -> User:
    accounts.create_shipped_roles(actor=SYSTEM)
    return accounts.create_user(actor=SYSTEM, roles=["administrator"], **FIRST)


def log_in(client: Client, password: str = FIRST["password"], **data: str) -> str:
    data = {"login": FIRST["email"], "password": password, **data}
    return str(client.post("/account/login/", data).headers.get("Location", ""))


def test_it_asks_a_new_installation_for_its_first_administrator(client: Client) -> None:
    assert client.get("/crm/persons/")["Location"] == "/welcome/"
    assert client.get("/account/login/")["Location"] == "/welcome/"
    assert client.get("/welcome/").status_code == 200
    assert client.post("/welcome/", FIRST)["Location"] == "/operation/check-list/"
    owed = client.get("/operation/check-list/")["Location"]
    assert owed == "/account/undertaking/?next=/operation/check-list/"
    assert client.post(owed, {"version": "1"})["Location"] == "/operation/check-list/"
    assert client.get("/crm/persons/").status_code == 200  # logged in, and may
    assert Stage.objects.exists()


def test_it_refuses_a_weak_password_and_keeps_the_rest(client: Client) -> None:
    answer = client.post("/welcome/", FIRST | {"password": "12345678"})
    assert answer.status_code == 422
    assert FIRST["email"] in answer.text
    assert "12345678" not in answer.text
    assert not User.objects.exists()


def test_it_has_no_welcome_once_somebody_can_log_in(client: Client, hanna: User) -> None:
    assert client.get("/welcome/").status_code == 302
    client.post("/welcome/", FIRST | {"email": "eve@example.org"})
    assert User.objects.count() == 1
    with pytest.raises(DomainError):
        accounts.create_first_administrator(actor=SYSTEM, **FIRST)


def test_it_lets_people_in_and_out(client: Client, hanna: User) -> None:
    assert (
        client.get("/crm/persons/?q=a")["Location"] == "/account/login/?next=/crm/persons/%3Fq%3Da"
    )
    assert log_in(client, next="/crm/persons/") == "/crm/persons/"
    assert client.get("/").status_code == 200
    assert client.post("/account/logout/")["Location"] == "/account/login/"
    assert client.get("/").status_code == 302


def test_it_keeps_strangers_out(client: Client, hanna: User) -> None:
    assert log_in(client, "falsch") == ""
    User.objects.filter(pk=hanna.pk).update(is_active=False)
    assert log_in(client) == "/account/inactive/"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("page", ["signup", "email", "set", "password/reset", "social"])
def test_it_offers_no_page_to_sign_up_by_oneself(client: Client, hanna: User, page: str) -> None:
    answer = client.get(f"/account/{page}/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/login/")


def test_it_speaks_german_and_english_before_and_after_the_log_in(
    client: Client, hanna: User
) -> None:
    for language in ("en", "de"):
        data = {"language": language, "next": "/account/login/"}
        assert client.post("/preferences/language/", data)["Location"] == "/account/login/"
        assert f'lang="{language}"' in client.get("/account/login/").text
    log_in(client)
    client.post("/preferences/language/", {"language": "en", "next": "//evil.example/"})
    hanna.refresh_from_db()
    assert hanna.language == "en"
    assert 'lang="en"' in client.get("/").text
    assert client.post("/preferences/language/", {"language": "xx"}).status_code == 422


def test_s18_it_never_goes_to_another_site_after_a_change_of_language(client: Client) -> None:
    data = {"language": "en", "next": "//evil.example/"}
    assert client.post("/preferences/language/", data)["Location"] == "/"


def test_it_keeps_the_chosen_theme(client: Client, hanna: User) -> None:
    log_in(client)
    assert client.post("/preferences/", {"theme": "dark"}).status_code == 204
    assert 'data-theme="dark"' in client.get("/").text
    assert client.post("/preferences/", {"theme": "pink"}).status_code == 422


def test_it_changes_the_own_password(client: Client, hanna: User) -> None:
    log_in(client)
    new = "vier graue Katzen"
    data = {"old": FIRST["password"], "password": new}
    assert client.get("/account/password/").status_code == 200
    assert client.post("/account/password/", data | {"old": new}).status_code == 422
    assert client.post("/account/password/", data | {"password": "kurz"}).status_code == 422
    client.post("/account/password/", data)
    assert log_in(Client(), new) == "/"


def test_it_changes_nothing_by_get(client: Client, hanna: User) -> None:
    log_in(client)
    for address in ("/preferences/", "/preferences/language/"):
        assert client.get(address).status_code == 405
    client.get("/account/logout/")
    assert client.get("/").status_code == 200


def test_it_explains_errors_without_a_trace(client: Client, hanna: User) -> None:
    log_in(client)
    missing = client.get("/crm/persons/999/")
    assert missing.status_code == 404
    assert "Traceback" not in missing.text
    assert "no-store" in missing["Cache-Control"]
    ended = Client().get("/crm/persons/", headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")


def test_it_offers_its_source_to_everybody_logged_in_or_not(client: Client, hanna: User) -> None:
    assert 'href="/source/"' in client.get("/account/login/").text
    log_in(client)
    assert 'href="/source/"' in client.get("/").text
    assert client.get("/source/").status_code == 200
