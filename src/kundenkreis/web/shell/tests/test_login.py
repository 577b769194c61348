"""S15: guessing is slow, strangers learn nothing and lock nobody out, and no page is missing after."""

from __future__ import annotations

import difflib
import re
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpResponse
from django.test import Client
from django.test.client import FakePayload

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts import hashing
from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.slots import Slots
from kundenkreis.kernel.testing import BOTH, SYSTEM

pytestmark = pytest.mark.django_db(databases=BOTH)

PASSWORD = "drei bunte Vögel"
WRONG = "vier graue Vögel"
EMAIL = "hanna@example.org"
ANYWHERE = "203.0.113."
ENGLISH = {"accept-language": "en"}


class Counting(MD5PasswordHasher):
    """A hasher that tells how often it was asked."""

    asked: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.asked.append(password)
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def hashes(settings: Any) -> list[str]:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    Counting.asked.clear()
    return Counting.asked


@pytest.fixture
def hanna() -> User:
    accounts.create_shipped_roles(actor=SYSTEM)
    return accounts.create_user(
        actor=SYSTEM, name="Hanna", email=EMAIL, password=PASSWORD, roles=["administrator"],
        language="en",
    )  # fmt: skip


def log_in(
    client: Client, email: str = EMAIL, password: str = WRONG, network: str = "1"
) -> HttpResponse:
    data = {"login": email, "password": password}
    return client.post("/account/login/", data, REMOTE_ADDR=f"{ANYWHERE}{network}", headers=ENGLISH)


def test_attempts_at_one_account_are_counted_before_a_hash_is_made(
    hanna: User, hashes: list[str]
) -> None:
    answers = [log_in(Client(), network=str(n)) for n in range(9)]
    assert [one.status_code for one in answers] == [422] * 5 + [429] * 4
    assert len(hashes) == 6  # the account's own, and five attempts
    assert answers[-1]["Retry-After"] == "60"
    assert "too many attempts" in answers[-1].text
    assert log_in(Client(), password=PASSWORD, network="99").status_code == 429


def test_attempts_from_one_network_are_counted_before_a_hash_is_made(
    hanna: User, hashes: list[str]
) -> None:
    answers = [log_in(Client(), f"nobody{n}@example.org") for n in range(25)]
    assert [one.status_code for one in answers] == [422] * 20 + [429] * 5
    assert len(hashes) == 1 + 20
    assert log_in(Client(), password=PASSWORD, network="2").status_code == 302


def test_whoever_knows_the_password_is_not_counted(hanna: User) -> None:
    assert {log_in(Client(), password=PASSWORD).status_code for _ in range(25)} == {302}


def test_strangers_lock_nobody_out_of_a_browser_they_have_used(hanna: User) -> None:
    own = Client()
    assert log_in(own, password=PASSWORD).status_code == 302
    own.post("/account/logout/")
    for n in range(9):
        log_in(Client(), network=str(n))
    assert log_in(Client(), password=PASSWORD, network="50").status_code == 429  # the control
    assert log_in(own, password=PASSWORD, network="51").status_code == 302
    own.post("/account/logout/")
    assert [log_in(own, network="52").status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_made_up_cookie_makes_no_browser_known(hanna: User, settings: Any) -> None:
    guest = Client()
    for n in range(6):
        guest.cookies[settings.DEVICE_COOKIE_NAME] = f'["made-up-{n}",["x"]]:1:x'
        answer = log_in(guest, network=str(n))
    assert answer.status_code == 429


def test_known_and_unknown_accounts_cost_and_answer_the_same(
    hanna: User, hashes: list[str]
) -> None:
    create = accounts.create_user
    create(actor=SYSTEM, name="Ida", email="idalies@example.org")  # invited, has no password yet
    create(
        actor=SYSTEM, name="Xaverine", email="xaverine@example.org", password="x", is_active=False
    )
    pages, costs = set(), set()
    for network, name in enumerate(("hanna", "idalies", "xaverine", "nobody")):
        hashes.clear()
        answer = log_in(Client(), f"{name}@example.org", network=str(network))
        costs.add(len(hashes))
        text = re.sub(r"\b\w{64}\b", "", answer.text).replace(name, "…")
        pages.add((answer.status_code, text))
    assert costs == {1}
    assert len(pages) == 1, difference(pages)


def difference(pages: set[tuple[int, str]]) -> str:
    first, second, *_rest = (text.splitlines() for _status, text in pages)
    return "\n".join(difflib.unified_diff(first, second, lineterm="", n=0))


@pytest.mark.parametrize(
    "alike", ["h\u0430nna@example.org", "hanna@exampłe.org", "hanna@example.ørg"]
)
def test_an_address_that_only_looks_the_same_gets_nothing(hanna: User, alike: str) -> None:
    assert log_in(Client(), alike, PASSWORD).status_code == 422


def test_s15_a_folded_letter_is_no_other_one(hanna: User) -> None:
    User.objects.filter(pk=hanna.pk).update(email="mike@example.org")
    assert log_in(Client(), "m\u0131ke@example.org", PASSWORD).status_code == 422
    assert log_in(Client(), "MIKE@example.org", PASSWORD).status_code == 302


def test_who_finds_no_turn_is_told_when_to_come_again(
    hanna: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["kundenkreis.crm.accounts.hashing.Argon2InTurn"]
    User.objects.filter(pk=hanna.pk).update(password=hashed())
    quickly = Slots("hash", places=1, waiting=2, patience=0.05)
    monkeypatch.setattr(hashing, "OF_STRANGERS", quickly)
    with quickly.one(hashing.locks()):
        answer = log_in(Client(), password=PASSWORD)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Too many people" in answer.text
    assert log_in(Client(), password=PASSWORD).status_code == 302


def test_strangers_who_guess_leave_a_turn_to_those_who_log_in_where_they_have_before(
    hanna: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["kundenkreis.crm.accounts.hashing.Argon2InTurn"]
    User.objects.filter(pk=hanna.pk).update(password=hashed())
    known = Client()
    assert log_in(known, password=PASSWORD).status_code == 302
    known.cookies.pop(settings.SESSION_COOKIE_NAME)
    strangers = Slots("hash", places=1, waiting=2, patience=0.05)
    monkeypatch.setattr(hashing, "OF_STRANGERS", strangers)
    with strangers.one(hashing.locks()):
        assert log_in(Client(), password=PASSWORD).status_code == 503
        assert log_in(known, password=PASSWORD).status_code == 302


def hashed() -> str:
    return hashing.Argon2InTurn().encode(PASSWORD, "pepperandsalt")


@pytest.mark.parametrize("page", ["/accounts/login/", "/nowhere/"])
def test_nobody_is_sent_to_a_page_that_does_not_exist(hanna: User, page: str) -> None:
    guest = Client()
    first = guest.get(page)
    assert first["Location"] == "/account/login/"
    assert log_in(guest, password=PASSWORD)["Location"] == "/"
    assert guest.get("/account/login/")["Location"] == "/"


def test_nobody_is_sent_to_where_only_forms_are_sent(hanna: User) -> None:
    answer: Any = Client().post("/preferences/", {"theme": "dark"})
    assert answer["Location"] == "/account/login/"


@pytest.mark.parametrize(
    "path", ["login/", "logout/", "reset/", "reset/1/x/", "invitation/1/x/", "factor/passkey/"]
)
def test_s13_nobody_fills_the_disk_before_the_log_in(hanna: User, path: str) -> None:
    """A form there is small; what is larger is refused before any of it is read."""
    read: list[int] = []

    class Watched(FakePayload):
        def read(self, size: int | None = None) -> bytes:
            read.append(1)
            return super().read(size)

    boundary = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n'
    )
    for length, status in ((3_000_000_000, 422), (len(boundary), 0)):
        read.clear()
        answer = Client().post(
            f"/account/{path}", data=b"", content_type="multipart/form-data; boundary=x",
            headers=ENGLISH, **{"CONTENT_LENGTH": str(length), "wsgi.input": Watched(boundary)},
        )  # fmt: skip
        if status:
            assert answer.status_code == status
            assert "too large" in answer.text
            assert not read
        else:
            assert "too large" not in answer.text  # the control
