"""A second factor: set up, asked for, required by roles, lost and reset."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client

from kundenkreis.crm.accounts import factor_commands, letting_in
from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.accounts.queries import viewer_by_id, viewer_of
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

Open = Callable[[User], Client]
PASSWORD = "drei bunte Vögel"
INDEX = "/account/factor/"


def log_in(user: User) -> tuple[Client, str]:
    client = Client()
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client, answer["Location"]


def code_of(secret: str) -> str:
    cache.clear()  # a code is good once
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def set_up(user: User) -> tuple[Client, str]:
    """A browser in which somebody has set up an app, and the app's secret."""
    client, _to = log_in(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get(f"{INDEX}app/").text
    (secret,) = re.findall(r'class="password">(\w+)<', page)
    assert client.post(f"{INDEX}app/", {"code": "000000"}).status_code == 200  # and not taken
    answer = client.post(f"{INDEX}app/", {"code": code_of(secret)})
    assert answer["Location"] == f"{INDEX}codes/"
    return client, secret


def test_an_app_is_set_up_and_asked_for(company: Company) -> None:
    client, secret = set_up(company.ben)
    assert "Your app is set up" in client.get(INDEX).text
    second, to = log_in(company.ben)
    assert to == f"{INDEX}confirm/"
    assert second.get("/").status_code == 302  # not in yet
    second.post(to, {"code": "123456"})
    assert second.get("/").status_code == 302
    assert second.post(to, {"code": code_of(secret)})["Location"] == "/"
    assert second.get("/").status_code == 200


def test_a_code_lets_in_once_as_long_as_it_is_good(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S15: whoever looks over a shoulder, or at the proxy, has nothing of what was typed."""
    half = 2_000_000_000 // 30 * 30
    now = [half]
    monkeypatch.setattr(totp.time, "time", lambda: now[0])
    monkeypatch.setattr("django.core.cache.backends.filebased.time.time", lambda: now[0])
    _client, secret = set_up(company.ben)
    ahead = totp.format_hotp_value(totp.hotp_value(secret, half // 30 + 1))
    seen = totp.format_hotp_value(totp.hotp_value(secret, half // 30 - 1))  # set up by it

    def lets_in(code: str) -> bool:
        guest, to = log_in(company.ben)
        guest.post(to, {"code": code})
        return guest.get("/").status_code == 200

    assert not lets_in(seen)
    assert lets_in(ahead)
    for later in (1, 29, 31, 59):
        now[0] = half + later
        assert not lets_in(ahead)
        assert not lets_in(f"{ahead[:3]} {ahead[3:]}")
    now[0] = half + 60
    assert lets_in(totp.format_hotp_value(totp.hotp_value(secret, half // 30 + 2)))  # the control


def test_recovery_codes_let_in_once(company: Company) -> None:
    client, _secret = set_up(company.ben)
    codes = re.findall(r"^(?:.*<code>)?(\d{8})$", client.get(f"{INDEX}codes/").text, re.MULTILINE)
    assert len(codes) == 10
    for code, status in ((codes[0], 200), (codes[0], 302), (codes[1], 200)):
        guest, to = log_in(company.ben)
        guest.post(to, {"code": code})
        assert guest.get("/").status_code == status


def test_secrets_are_not_readable_in_the_database(company: Company) -> None:
    _client, secret = set_up(company.ben)
    for one in Authenticator.objects.all():
        assert secret not in str(one.data)
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret))


def test_changes_are_audited_and_told(
    company: Company, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        set_up(company.ben)
    company.ben.refresh_from_db()
    assert company.ben.factor_at is not None
    assert mail.outbox[-1].to == [company.ben.email]
    assert "second factor" in mail.outbox[-1].subject


def test_a_role_may_need_a_second_factor(company: Company, anna: Client, logged_in: Open) -> None:
    ben = logged_in(company.ben)
    assert ben.get("/crm/persons/").status_code == 200
    Role.objects.filter(slug="sales").update(needs_factor=True)
    assert ben.get("/crm/persons/")["Location"] == f"{INDEX}?next=/crm/persons/"
    assert "You need a second factor" in ben.get(INDEX).text
    by_job = viewer_by_id(company.ben.pk)
    assert by_job is not None
    assert not by_job.may("crm.person.read")
    assert anna.get("/crm/persons/").status_code == 200  # another role
    client, _secret = set_up(company.ben)
    assert client.get("/crm/persons/").status_code == 200


def test_everybody_may_need_a_second_factor(company: Company, anna: Client, carla: Client) -> None:
    assert carla.post("/crm/roles/factor/", {"of_all": "on"}).status_code == 403
    anna.post("/crm/roles/factor/", {"of_all": "on"})
    for client in (anna, carla):
        assert client.get("/")["Location"] == INDEX
    set_up(company.anna)
    assert viewer_of(company.anna).may("crm.person.read")


def test_who_has_lost_it_is_let_in_anew(company: Company, anna: Client) -> None:
    client, _secret = set_up(company.ben)
    address = f"/crm/users/{company.ben.pk}/factor/reset/"
    assert client.post(address).status_code == 403
    with pytest.raises(NotAllowed):
        factor_commands.reset_factor(actor=viewer_of(company.ben), user_id=company.anna.pk)
    assert anna.post(address).status_code == 302
    assert not Authenticator.objects.filter(user=company.ben).exists()
    assert client.get("/").status_code == 302  # logged out
    assert log_in(company.ben)[1] == "/"


def test_neither_an_invitation_nor_a_reset_goes_round_the_second_factor(company: Company) -> None:
    set_up(company.ben)
    for tokens, page in ((letting_in.INVITATION, "invitation"), (letting_in.RESET, "reset")):
        company.ben.refresh_from_db()
        guest, token = Client(), tokens.make_token(company.ben)
        path = f"/account/{page}/{company.ben.pk}/{token}/"
        assert guest.post(path, {"password": PASSWORD})["Location"] == "/account/login/"
        assert guest.get("/").status_code == 302
    assert log_in(company.ben)[1] == f"{INDEX}confirm/"


def test_codes_are_not_guessed_for_long(company: Company) -> None:
    _client, secret = set_up(company.ben)
    guest, to = log_in(company.ben)
    code = code_of(secret)
    for _ in range(6):
        guest.post(to, {"code": "123456"})
    guest.post(to, {"code": code})
    assert guest.get("/").status_code == 302


def test_somebody_else_changes_no_factor_without_the_password(
    company: Company, logged_in: Open
) -> None:
    left_open = logged_in(company.ben)  # a session without a fresh log-in
    for path in ("app/", "passkeys/add/", "codes/new/"):
        assert "/account/reauthenticate/" in left_open.get(f"{INDEX}{path}")["Location"]
    assert SYSTEM.user_id is None
