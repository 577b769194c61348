"""Asking every page as somebody, and which of the company's words the answers say."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import connections
from django.test import Client

from kundenkreis.crm.accounts.models import User
from tests.rights.company import Company

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WORD = re.compile(r"qzx[bcdfghjklmnprtw]{3}", re.IGNORECASE)
AMOUNT = re.compile(r"(?<!\d)(\d\d)[.,  ]?(\d{3})[.,  ]?(\d{3})(?=00(?!\d)|[.,]00(?!\d)|\D)")
# What is another text in every answer, whatever the world is.
MASKED = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken[^}]+|nonce[-=]"?[^"\s]+|sessionid=\S+'
    r"|csrftoken=\S+|expires=[^;]+|W3CDTF\">[^<]+|'Content-Length': '\d+'"
)
# Whether the company's own fields are other ones by now is asked from time to time, what the
# database can do once in the life of a process; what a session begins to remember is written once.
TIMED = re.compile(
    r'"records_(fielddefinition|pagelayout)"|"kernel_cursor"|pg_extension'
    r'|^UPDATE "crm_accounts_session"|^(RELEASE )?SAVEPOINT'
)


def logged_in(pk: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=pk), backend=BACKEND)
    return client


def told(body: str) -> set[str]:
    """The words and amounts in a text."""
    amounts = {"".join(found) for found in AMOUNT.findall(body)} if AMOUNT.search(body) else set()
    return {word.lower() for word in WORD.findall(body)} | amounts


def body_of(answer: object) -> str:
    """Headers and content of an answer; spreadsheets are unpacked."""
    content: bytes = answer.getvalue() if answer.streaming else answer.content  # type: ignore[attr-defined]
    head = str(answer.headers)  # type: ignore[attr-defined]
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return head + " ".join(book.read(name).decode() for name in book.namelist())
    return head + content.decode(errors="replace")


def ask(client: Client, address: str) -> tuple[int, str]:
    """Status and text of a page, as htmx asks for it where it is a part."""
    answer = client.get(address, headers={"HX-Request": "true"})
    return answer.status_code, body_of(answer)


class Answers:
    """What somebody was told by each page; the same pages may be asked again later.

    Of each answer the text is kept without what is another one every time, and the number of
    queries: who waits longer knows that there is more.
    """

    def __init__(self, company: Company, pk: int) -> None:
        self.company, self.pk, self.seen = company, pk, set[str]()
        self._client = logged_in(pk)
        self._told: dict[str, tuple[int, str, int]] = {}

    def ask(self, addresses: Iterable[str]) -> list[str]:
        """Where the pages tell what somebody may not know, says the oracle."""
        words, allowed = self.company.words, self.company.allowed(self.pk)
        wrong = []
        for address in addresses:
            status, body, count = self._answer(address)
            assert status < 500, f"{address}: {status}"
            self._told[address] = status, MASKED.sub("", body), count
            # What was asked for is said back.
            found = told(body) & words.keys() - told(address)
            wrong += [f"{address} tells {self.pk}: {words[one]}" for one in sorted(found - allowed)]
            self.seen |= found
        return wrong

    def different(self, step: int = 1) -> list[str]:
        """Which pages tell something else now, every so manieth asked again."""
        found = []
        for address in list(self._told)[::step]:
            status, body, count = self._answer(address)
            new, old = (status, MASKED.sub("", body), count), self._told[address]
            if new != old:
                found.append(f"{address}: {difference(old, new)}")
        return found

    def _answer(self, address: str) -> tuple[int, str, int]:
        count = 0

        def counted(execute: Any, sql: str, *more: Any) -> Any:
            nonlocal count
            count += not TIMED.search(sql)
            return execute(sql, *more)

        with connections["default"].execute_wrapper(counted):
            status, body = ask(self._client, address)
        return status, body, count


def leaks(company: Company, pk: int, addresses: Iterable[str]) -> tuple[list[str], set[str]]:
    """Where somebody was told what they may not know, and everything they were told."""
    answers = Answers(company, pk)
    return answers.ask(addresses), answers.seen


def difference(old: tuple[int, str, int], new: tuple[int, str, int]) -> str:
    if old[1] == new[1]:
        return f"{old[0]} {old[2]} queries, then {new[0]} {new[2]}"
    at = next((n for n, (a, b) in enumerate(zip(old[1], new[1], strict=False)) if a != b), 0)
    return f"{old[1][max(0, at - 60) : at + 80]!r}, then {new[1][max(0, at - 60) : at + 80]!r}"
