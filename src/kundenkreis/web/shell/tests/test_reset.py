"""S15: a forgotten password is replaced by a link in a mail; nobody learns or reaches more by it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts import letting_in
from kundenkreis.crm.accounts.models import Session, User
from kundenkreis.kernel import clock
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

OLD, NEW = "drei bunte Vögel", "vier graue Katzen"
EMAIL = "hanna@example.org"


@pytest.fixture
def hanna() -> User:
    accounts.create_shipped_roles(actor=SYSTEM)
    return accounts.create_user(
        actor=SYSTEM, name="Hanna Seidel", email=EMAIL, password=OLD, roles=["administrator"],
        language="en",
    )  # fmt: skip


def ask(email: str = EMAIL, **headers: str) -> str:
    answer = Client(headers={"accept-language": "en"}).post(
        "/account/reset/", {"email": email}, **headers
    )
    assert answer.status_code == 200
    runner.run_due(Side.CRM)
    return re.sub(r"\b\w{64}\b", "", answer.text).replace(email, "…")


def link() -> str:
    (found,) = re.findall(r"http\S+", mail.outbox[-1].body.partition("minutes:")[2])
    return str(found)


def test_a_link_comes_by_mail_and_is_good_once(hanna: User) -> None:
    other = Client()
    other.force_login(hanna, backend="allauth.account.auth_backends.AuthenticationBackend")
    ask()
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        [EMAIL], "Another password for Kundenkreis",
    )  # fmt: skip
    path = urlsplit(link()).path
    guest = Client()
    assert guest.get(path).status_code == 200
    assert guest.post(path, {"password": "kurz"}).status_code == 422
    assert guest.post(path, {"password": NEW})["Location"] == "/account/login/"
    assert guest.get("/").status_code == 302  # a link alone lets nobody in
    assert other.get("/").status_code == 302
    assert not Session.objects.filter(user=hanna).exists()
    assert guest.get(path).status_code == 404
    assert guest.post("/account/login/", {"login": EMAIL, "password": NEW})["Location"] == "/"


def test_a_browser_may_send_the_form_that_a_link_leads_to(hanna: User) -> None:
    """What a page asks of the browser in `Referrer-Policy` decides which origin its form has."""
    ask()
    path, guest = urlsplit(link()).path, Client(enforce_csrf_checks=True)
    page = guest.get(path)
    said = page["Referrer-Policy"]
    assert said in ("strict-origin", "same-origin")  # the link is nobody else's business
    answers = []
    for origin in ("null", "http://testserver"):  # with “no-referrer” it is the first
        (token,) = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[:1]
        form = {"password": NEW, "csrfmiddlewaretoken": token}
        answers.append(guest.post(path, form, headers={"origin": origin}).status_code)
    assert answers == [403, 302]


def test_a_link_is_good_for_half_an_hour(hanna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ask()
    path, now = urlsplit(link()).path, clock.now()
    for minutes, status in ((29, 200), (31, 404)):
        monkeypatch.setattr(clock, "now", lambda m=minutes: now + timedelta(minutes=m))
        assert Client().get(path).status_code == status


def test_an_invitation_is_no_reset_and_lasts_three_days(
    hanna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, now = letting_in.INVITATION.make_token(hanna), clock.now()
    assert not letting_in.RESET.check_token(hanna, token)
    for hours, good in ((71, True), (73, False)):
        monkeypatch.setattr(clock, "now", lambda h=hours: now + timedelta(hours=h))
        assert letting_in.INVITATION.check_token(hanna, token) is good


def test_known_and_unknown_addresses_get_the_same_answer(hanna: User) -> None:
    assert ask() == ask("nobody@example.org")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "alike", ["h\u0430nna@example.org", "hann\u0101@example.org", "hanna@exampl\u0435.org"]
)
def test_an_address_that_only_looks_the_same_gets_nothing(hanna: User, alike: str) -> None:
    Client().post("/account/reset/", {"email": alike})
    runner.run_due(Side.CRM)
    assert not mail.outbox


def test_letters_that_unicode_folds_get_nothing(hanna: User) -> None:
    User.objects.filter(pk=hanna.pk).update(email="mike@example.org")
    assert not letting_in.send_reset("mi\u212ae@example.org")
    assert not letting_in.send_reset("m\u0131ke@example.org")
    assert letting_in.send_reset("MIKE@example.org")  # the control
    assert mail.outbox[0].to == ["mike@example.org"]


@pytest.mark.parametrize(
    "header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_FORWARDED_SERVER"]
)
def test_no_header_reaches_a_mail(hanna: User, header: str, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    value = "host=evil.example" if header == "HTTP_FORWARDED" else "evil.example"
    ask(**{header: value})
    assert "evil" not in mail.outbox[0].message().as_string()
    assert link().startswith("http://127.0.0.1:8000/account/reset/")


def test_who_may_not_log_in_gets_nothing(hanna: User) -> None:
    User.objects.filter(pk=hanna.pk).update(is_active=False)
    ask()
    assert not mail.outbox


def test_nobody_is_flooded_with_mails(hanna: User) -> None:
    answers = [Client().post("/account/reset/", {"email": EMAIL}).status_code for _ in range(5)]
    assert answers == [200] * 3 + [429] * 2


def test_mails_are_written_in_the_language_of_whom_they_go_to(hanna: User) -> None:
    User.objects.filter(pk=hanna.pk).update(language="de")
    ask()
    assert mail.outbox[0].subject == "Ein anderes Passwort für Kundenkreis"
