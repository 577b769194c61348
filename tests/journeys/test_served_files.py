"""S11, S19: neither server hands out a file that is not meant for browsers, however it is asked."""

from __future__ import annotations

import http.client

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


def test_an_installation_stays_healthy_after_all_of_that(product: Product) -> None:
    assert asked(product.port, "127.0.0.1", "/health/")[0] == 200
    assert asked(product.port + 1, "localhost", "/health/")[0] == 200
