"""Nothing dials but the one way out: each way around it turns the check red."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks import egress

HERE = Path("src/kundenkreis/crm/people/jobs.py")


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "import urllib.request",
        "from urllib.request import urlopen",
        "from urllib import request",
        "from http import client",
        "from http.client import HTTPSConnection",
        "import requests as r",
        "def later():\n    from smtplib import SMTP",
        "import asyncio\nasyncio.open_connection('example.org', 80)",
        "from asyncio import open_connection",
        "from importlib import import_module\nimport_module('httpx')",
        "__import__('socket')",
    ],
)
def test_it_refuses_what_can_open_a_connection(source: str) -> None:
    assert list(egress.problems(HERE, source))


@pytest.mark.parametrize(
    "source",
    [
        "from urllib.parse import urlsplit",
        "from http import HTTPStatus",
        "from kundenkreis.kernel.egress import egress",
        "import asyncio",
        "from kundenkreis.records.requests import StaffRequest",
    ],
)
def test_it_accepts_the_rest(source: str) -> None:
    assert not list(egress.problems(HERE, source))


def test_the_product_itself_passes() -> None:
    assert egress.check() == []
