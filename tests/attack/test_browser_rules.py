"""S20: what browsers and proxies are told with every answer, and whose forms are taken."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, override_settings
from django.urls import get_resolver

from kundenkreis.config.admission import Admission, sent_away
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.kernel.testing import BOTH, SYSTEM
from tests.attack import asking
from tests.rights import canaries, writes
from tests.rights.addresses import everything
from tests.rights.company import ANNA, Company

pytestmark = pytest.mark.django_db(databases=BOTH)

OTHER = "https://evil.example"
RULES = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip
# Nothing of anybody is in these; a browser may keep them.
KEPT = {"help-picture", "map-tiles"}


def wrong_headers(answer: Any) -> list[str]:
    """What an answer does not say, and what it must not."""
    found = [
        f"{name}: {answer.get(name)!r}" for name, said in RULES.items() if answer.get(name) != said
    ]
    policy = answer.get("Content-Security-Policy", "")
    if (
        "script-src 'self';" not in f"{policy};"
        or "unsafe" in policy
        or "default-src 'none'" not in policy
    ):
        found.append(f"policy {policy!r}")
    if "Access-Control-Allow-Origin" in answer.headers:
        found.append("another site may read it")
    return found


def test_s20_every_answer_says_what_browsers_and_proxies_must_not_do(
    firm: Company, anna: Client
) -> None:
    """Nobody keeps what is about people, no other site reads it, shows it in a frame, or runs in it."""
    wrong, asked = [], 0
    for one, said, address in asking.pages(firm):
        public = said.scope == "public"
        answer = (Client() if public else anna).get(address, headers={"Origin": OTHER})
        asked += 1
        found = wrong_headers(answer)
        keeps = "no-store" not in answer.get("Cache-Control", "")
        if keeps and (answer.cookies if public else one.name not in KEPT):
            found.append(f"kept: {answer.get('Cache-Control')!r}")
        wrong += [f"{address} {answer.status_code}: {one}" for one in found]
    for address in ("/api/v1/persons", "/nothing.js", "/crm/x/", "/crm/persons/x.css"):
        answer = anna.get(address)
        if "no-store" not in answer.get("Cache-Control", "") or wrong_headers(answer):
            wrong.append(f"{address}: {answer.headers}")
    for program, part in ((True, False), (False, True), (False, False)):
        answer = sent_away(program, part, "de")
        if answer["Cache-Control"] != "no-store" or wrong_headers(answer):
            wrong.append(f"sent away: {answer.headers}")
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 100


def test_s20_no_form_of_another_site_is_taken(firm: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = canaries.logged_in(ANNA).cookies
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/account/password/").text
    )
    assert token
    before, taken, asked = writes.digest(), [], 0
    for _said, address, form in asking.changes(firm):
        proved = {**form, "csrfmiddlewaretoken": token[1]}
        for headers, values in (
            ({"Origin": OTHER}, proved),
            ({"Origin": "null"}, proved),
            ({"Origin": "http://testserver.evil.example"}, proved),
            ({}, form),
        ):
            asked += 1
            if client.post(address, values, headers=headers).status_code != 403:
                taken.append(f"{address} {headers}")
    assert taken == []
    assert writes.digest() == before
    assert asked > 400
    form = {"theme": "dark", "csrfmiddlewaretoken": token[1]}
    ours = client.post("/preferences/", form, headers={"Origin": "http://testserver"})
    assert ours.status_code == 204  # the control


def test_s20_only_programs_need_no_proof_whose_form_it_is() -> None:
    exempt = set()
    for one in everything():
        match = get_resolver().resolve(one.filled(**dict.fromkeys(one.parameters, 1)))
        if getattr(match.func, "csrf_exempt", False):
            exempt.add(one.name)
    assert exempt == {one.name for one in everything() if one.route.startswith("api/")}


def test_s20_cookies_are_for_nobody_else() -> None:
    """Neither scripts nor other sites get them; the names say so to browsers where there is TLS."""
    accounts.create_shipped_roles(actor=SYSTEM)
    accounts.create_user(
        actor=SYSTEM, name="Hanna", email="hanna@example.org", password="drei bunte Vögel",
        roles=["administrator"],
    )  # fmt: skip
    with override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):
        client = Client()
        answers = [
            client.get("/account/login/", secure=True),
            client.post("/preferences/language/", {"language": "en"}, secure=True),
            client.post(
                "/account/login/", {"login": "hanna@example.org", "password": "drei bunte Vögel"},
                secure=True,
            ),
        ]  # fmt: skip
    cookies = [cookie for answer in answers for cookie in answer.cookies.values()]
    assert len({one.key for one in cookies}) == 4
    for one in cookies:
        assert one["httponly"], one
        assert one["secure"], one
        assert one["samesite"] in ("Lax", "Strict"), one
        assert (one["path"], one["domain"]) == ("/", ""), one


SHOW = """
from django.conf import settings as s
print([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME], s.SESSION_COOKIE_SECURE,
      s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 31_000_000, s.SECURE_SSL_REDIRECT)
"""


@pytest.mark.parametrize(
    ("tls", "said"), [("1", "True True True True"), ("", "False False False False")]
)
def test_s20_behind_tls_cookies_need_it(tmp_path: Path, tls: str, said: str) -> None:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("KUNDENKREIS")
    }
    environ |= {"KUNDENKREIS_HOME": str(tmp_path), "KUNDENKREIS_TLS": tls}
    environ["DJANGO_SETTINGS_MODULE"] = "kundenkreis.config.settings.inner"
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip().endswith(said)
    assert done.stdout.count("__Host-") == (3 if tls else 0)


def test_s20_strange_paths_break_nothing(firm: Company, anna: Client) -> None:
    """In one process; both servers, with paths as they stand: `test_served_files`."""
    broken = []
    for _one, said, address in asking.pages(firm):
        for path in (address.replace("/", "//"), f"{address}..;/%00", f"{address}%ff".upper()):
            client = Client() if said.scope == "public" else anna
            status = client.get(path).status_code
            if status >= 500:
                broken.append(f"{path}: {status}")
    assert broken == []
    assert anna.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/account/log\u202ein/", "/account/reset/ü/", "/account/%/"])
def test_s20_what_stands_before_the_pages_changes_no_address(path: str) -> None:
    told: list[str] = []

    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        told.append(WSGIRequest(environ).path)
        return []

    sent = path.encode().decode("latin-1")  # as servers hand it over
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": sent, "wsgi.input": io.BytesIO()}
    Admission(application)(environ, None)
    assert told == [path]
