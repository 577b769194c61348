"""Asking every page as somebody, and which of the company's words the answers say."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from django.test import Client

from kundenkreis.crm.accounts.models import User
from tests.rights.company import Company

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WORD = re.compile(r"qzx[bcdfghjklmnprtw]{3}", re.IGNORECASE)
AMOUNT = re.compile(r"(?<!\d)(\d\d)[.,  ]?(\d{3})[.,  ]?(\d{3})(?=00(?!\d)|[.,]00(?!\d)|\D)")


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


def leaks(company: Company, pk: int, addresses: Iterable[str]) -> tuple[list[str], set[str]]:
    """Where somebody was told what they may not know, and everything they were told."""
    client, allowed, seen, wrong = logged_in(pk), company.allowed(pk), set(), []
    for address in addresses:
        status, body = ask(client, address)
        assert status < 500, f"{address}: {status}"
        found = told(body) & company.words.keys()
        # What was asked for is said back.
        found -= told(address)
        wrong += [
            f"{address} tells {pk}: {company.words[word]}" for word in sorted(found - allowed)
        ]
        seen |= found
    return wrong, seen
