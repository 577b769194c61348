"""S11, S19: neither server hands out a file that is not meant for browsers, however it is asked."""

from __future__ import annotations

import http.client
import random
import socket
import string
from collections import Counter

import pytest

from tests.journeys.running import Product

pytestmark = pytest.mark.journey

UP = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "....//",
    "..;/",
    "%252e%252e%252f",
    "%c0%ae%c0%ae/",
)
WANTED = ("etc/passwd", "crm/crm.sqlite3", "src/kundenkreis/config/env.py")
PLAIN = (
    "/.env", "/.git/config", "/.git/HEAD", "/crm.sqlite3", "/engage.sqlite3", "/crm/crm.sqlite3",
    "/var/crm/crm.sqlite3", "/secret.key", "/crm/secret.key", "/backups/", "/media/", "/server-status",
    "/settings.py", "/requirements.lock", "/static/", "/static/built/", "//etc/passwd", "/%00", "/static/%00",
    "/static//etc/passwd", "/static/built//etc/passwd", "/install/", "/setup/", "/phpinfo.php", "/debug/",
)  # fmt: skip
CLIMBING = tuple(
    f"{start}{up * depth}{file}"
    for start in ("/static/", "/static/built/", "/", "/help/pictures/", "/source/")
    for up in UP
    for depth in (3, 8)
    for file in WANTED
)
STRANGE = 2_000
PAGES = (
    "crm/persons/", "crm/persons/1/", "crm/persons/1/history/", "account/login/", "api/v1/persons", "static/built/x.js",
    "search/?q=a", "source/", "health/", "v1/batch", "offers/", "i18n/setlang/", "help/en/import/", "operation/",
)  # fmt: skip
PIECES = (
    "/", "//", "///", "\\", "..", "%2e%2e", "%2f", "%5c", "%00", "%ff", "%c0%af", "%", "%zz", ";", ";a=b", "?", "??", "#", "&", "=",
    "+", "~", "*", "'", '"', "<", ">", "{", "}", "|", "^", "`", "[", "]", "@", ":", "://", "%0d%0a", "%e2%80%ae", "%u0041", "9" * 40,
    "a" * 3_000, "/." * 50, "\x7f",
)  # fmt: skip
LETTERS = string.ascii_letters + string.digits + "/.%?&=;:@+-_~!$'()*,[]{}|^<>#\\\""
# What would be in such a file.
SECRETS = (
    b"root:x:0:0",
    b"SQLite format 3",
    b"KUNDENKREIS_",
    b"[core]",
    b"--hash=sha256",
    b"Index of",
)


def asked(port: int, host: str, path: str) -> tuple[int, bytes]:
    """The answer to a path as it stands: clients would tidy it up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", f"{host}:{port}")
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read(200_000)
    finally:
        connection.close()


@pytest.mark.parametrize("side", ["inner", "edge"])
def test_s11_s19_no_file_of_the_installation_is_served(product: Product, side: str) -> None:
    server = {"inner": (product.port, "127.0.0.1"), "edge": (product.port + 1, "localhost")}[side]
    told = []
    for path in (*PLAIN, *CLIMBING):
        status, body = asked(*server, path)
        if status == 200 or status >= 500 or any(secret in body for secret in SECRETS):
            told.append((path, status, body[:60]))
    assert told == []


@pytest.mark.parametrize("side", ["inner", "edge"])
def test_what_is_meant_for_browsers_is_served(product: Product, side: str) -> None:
    server = {"inner": (product.port, "127.0.0.1"), "edge": (product.port + 1, "localhost")}[side]
    assert (
        asked(*server, "/static/built/mark.svg")[0] == 200
        or asked(*server, "/static/built/manifest.json")[0] == 200
    )


@pytest.mark.parametrize("side", ["inner", "edge"])
def test_s20_strange_paths_leave_both_servers_healthy(product: Product, side: str) -> None:
    """A thousand, half of them of pages that there are, bent; the other half of anything at all."""
    server = {"inner": (product.port, "127.0.0.1"), "edge": (product.port + 1, "localhost")}[side]
    chance, broken = random.Random(20), []
    answers = Counter[int]()
    for number in range(STRANGE // 2):
        path = bent(chance) if number % 2 else strange(chance)
        answers[status := said(*server, path)] += 1
        if status >= 500:
            broken.append((path, status))
    assert broken == []
    # Many are understood, and lead nowhere, or a stranger to the log-in.
    assert answers[404] + answers[302] > STRANGE // 10, answers
    assert asked(*server, "/health/")[0] == 200


def said(port: int, host: str, path: str) -> int:
    """The status of the answer to a request line with this in it; 0 where the line is hung up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        head = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        line.sendall(head.encode("latin-1"))
        answer = line.makefile("rb").readline().split()
    return int(answer[1]) if len(answer) > 1 else 0


def bent(chance: random.Random) -> str:
    """A page that there is, with something in it that does not belong there."""
    path = chance.choice(PAGES)
    at = chance.randrange(len(path) + 1)
    return f"/{path[:at]}{chance.choice(PIECES)}{path[at:]}"


def strange(chance: random.Random) -> str:
    """Letters that a request line may have, in any order."""
    return "/" + "".join(chance.choice(LETTERS) for _ in range(chance.randrange(60)))


def test_an_installation_stays_healthy_after_all_of_that(product: Product) -> None:
    assert asked(product.port, "127.0.0.1", "/health/")[0] == 200
    assert asked(product.port + 1, "localhost", "/health/")[0] == 200
