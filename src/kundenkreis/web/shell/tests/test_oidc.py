"""Log-in at a provider: a real one, a process of its own that the test starts."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from kundenkreis.config import oidc as configured
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

LOGIN = "/account/oidc/company/login/"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = free_port()
    program = str(Path(sys.executable).parent / "oidc-provider-mock")
    process = subprocess.Popen([program, "--port", str(port)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            found = f"{address}/.well-known/openid-configuration"
            urllib.request.urlopen(found, timeout=2).close()  # noqa: S310 - our own address
            break
        except OSError:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(autouse=True)
def provider(issuer: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ISSUER": issuer, "CLIENT_ID": "kundenkreis", "SECRET": "geheim", "NAME": "Firmenkonto",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"KUNDENKREIS_OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = configured.providers()
    accounts.create_shipped_roles(actor=SYSTEM)
    accounts.create_user(
        actor=SYSTEM, name="Hanna", email="hanna@example.org", roles=["administrator"]
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def at_provider(address: str, subject: str) -> str:
    """What the provider sends the browser back to, once somebody has logged in there."""
    data = urllib.parse.urlencode({"sub": subject}).encode()
    try:
        urllib.request.build_opener(_Stay).open(address, data, timeout=5)
    except urllib.error.HTTPError as answer:
        return str(answer.headers["Location"])
    raise AssertionError("the provider did not send anybody back")


def log_in(issuer: str, subject: str, **claims: Any) -> tuple[Client, Any]:
    url = f"{issuer}/users/{subject}"
    body = json.dumps({"email": f"{subject}@example.org", "name": subject.title(), **claims})
    told = urllib.request.Request(  # noqa: S310 - our own address
        url, body.encode(), {"Content-Type": "application/json"}, method="PUT"
    )
    urllib.request.urlopen(told, timeout=5).close()  # noqa: S310 - our own address
    client = Client()
    start = client.post(LOGIN)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(start["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    back = urllib.parse.urlsplit(at_provider(start["Location"], subject))
    return client, client.get(f"{back.path}?{back.query}")


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_staff_are_let_in_by_their_verified_address(issuer: str) -> None:
    page = Client(headers={"accept-language": "en"}).get("/account/login/").text
    assert "Log in with Firmenkonto" in page
    client, answer = log_in(issuer, "hanna", email_verified=True)
    assert answer["Location"] == "/"
    assert is_in(client)
    assert SocialAccount.objects.get().user.email == "hanna@example.org"
    # From then on the provider's own name for them counts, whatever their address is.
    client, _answer = log_in(issuer, "hanna", email="other@example.org", email_verified=False)
    assert is_in(client)


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_nobody_verified_lets_nobody_in(issuer: str, verified: object) -> None:
    client, answer = log_in(issuer, "eve", email="hanna@example.org", email_verified=verified)
    assert answer.status_code == 403
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_strangers_and_closed_accounts_get_the_same_answer(issuer: str) -> None:
    client, stranger = log_in(issuer, "nobody", email_verified=True)
    User.objects.update(is_active=False)
    other, closed = log_in(issuer, "hanna", email_verified=True)
    assert (stranger.status_code, closed.status_code) == (403, 403)
    said = [re.findall(r"<main.*</main>", answer.text, re.DOTALL) for answer in (stranger, closed)]
    assert said[0] == said[1] != []
    assert not is_in(client)
    assert not is_in(other)
    assert User.objects.count() == 1


def test_who_was_let_in_and_is_deactivated_is_out_at_once(issuer: str) -> None:
    client, _answer = log_in(issuer, "hanna", email_verified=True)
    assert is_in(client)
    User.objects.update(is_active=False)
    assert not is_in(client)
    client, answer = log_in(issuer, "hanna", email_verified=True)
    assert answer.status_code == 403
    assert not is_in(client)


def test_people_of_the_company_begin_without_any_role(issuer: str, settings: Any) -> None:
    settings.OIDC_DOMAIN = "example.org"
    client, answer = log_in(issuer, "dora", email_verified=True)
    assert answer["Location"] == "/"
    dora = User.objects.get(email="dora@example.org")
    assert not dora.roles.exists()
    assert not dora.has_usable_password()
    assert client.get("/crm/persons/").status_code == 403
    for email in ("dora@example.org.evil.example", "dora@sub.example.org", "dora@ex\u0430mple.org"):
        _client, refused = log_in(issuer, "eve", email=email, email_verified=True)
        assert refused.status_code == 403


def test_a_provider_that_does_not_answer_is_said_to_be_away(settings: Any) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    assert Client().post(LOGIN).status_code == 503


def test_a_foreign_answer_lets_nobody_in(issuer: str) -> None:
    guest = Client()
    answer = guest.get("/account/oidc/company/login/callback/?code=x&state=made-up")
    assert answer.status_code < 500
    assert not is_in(guest)


def test_it_only_logs_in_and_links_nothing_to_who_is_logged_in(issuer: str) -> None:
    assert Client().post(f"{LOGIN}?process=connect").status_code == 404
    assert Client().post(LOGIN, {"process": "redirect"}).status_code == 404
    assert Client().get("/account/oidc/cancelled/").status_code == 200


def test_without_a_provider_there_is_no_button_and_no_page(settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Firmenkonto" not in Client().get("/account/login/").text
    assert Client().post(LOGIN).status_code == 404
