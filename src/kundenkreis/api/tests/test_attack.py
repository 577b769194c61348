"""S05: what injections look like, in every parameter, key, operator and cursor."""

from __future__ import annotations

import base64
import json
import logging
import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import connections

from kundenkreis.api.testing import Program
from kundenkreis.api.tests.conftest import Firm
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.testing import BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

MARK = "zqxinj"
PAYLOADS = [
    f"{MARK}{text}"
    for text in (
        "'", '"', "''", "`", "\\", "'--", "';--", '";--', "/*", "*/", "#", ";", "%", "_", "%27", "\x01", "\x1f",
        "\u2028", "\ufeff", "\u202e", "ʼ", "＇", "' OR 1=1--", '" OR ""="', "') OR ('1'='1", "1; DROP TABLE crm_people_person",
        "1 UNION SELECT password FROM crm_accounts_user", "'; SELECT pg_sleep(5)--", "' AND randomblob(100000000)--",
        "(SELECT 1)", "id) FROM crm_people_person--", "$where", "$ne", "{{7*7}}", "${7*7}", "<script>", "|ls", "\r\nX-A: b",
        "__class__", "pk__in", "owner__password", "id__gt", "_connector", "__regex", "__raw", "name__regex", "custom__x",
        "custom", "custom->>'a'", "custom__a'b", "order_by", "extra", "-", "--name", "?", "RANDOM()", "name COLLATE NOCASE",
        "name DESC", "id,name", "😀", "a" * 5000, "\\u0000", "0x1", "1e999", "NaN", "-Infinity", "../../etc/passwd",
    )
]  # fmt: skip
COUNT = 60
EVERY = 1 if "KUNDENKREIS_TEST_THOROUGH" in os.environ else 4  # places, in turns


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def compare(field: Any, op: Any, value: Any) -> str:
    tree = {"type": "compare", "field": field, "op": op, "value": value}
    return json.dumps({"v": 1, "where": tree})


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def queries(text: str) -> Iterator[dict[str, str]]:
    """The payload wherever a list takes something."""
    for name in ("fields", "sort", "q", "filter", "limit", "after", "before"):
        yield {name: text}
    yield {"sort": f"-{text}"}
    yield {text[:200]: "1"}
    yield {"filter": compare(text, "is", "x")}
    yield {"filter": compare("name", text, "x")}
    yield {"filter": compare("name", "contains", text[:400])}
    yield {"filter": compare("custom__" + text, "is", "x")}
    yield {"filter": json.dumps({"v": 1, "where": {"type": text, "children": []}})}
    yield {"filter": json.dumps({"v": 1, "where": {"type": "all", text: []}})}
    yield {"filter": json.dumps({"v": text, "where": {}})}
    yield {"after": cursor(text)}
    yield {"sort": "name", "after": cursor(text, 1)}
    yield {"sort": "created_at", "before": cursor(text, 1)}


def test_s05_no_payload_becomes_part_of_a_statement(firm: Firm, anna: Program) -> None:
    assert len(PAYLOADS) >= COUNT
    statements: list[str] = []

    def heard(execute: Any, sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    broken, path = [], f"organisations/{firm.organisation.pk}"
    with connections["default"].execute_wrapper(heard):
        for place, text in enumerate(PAYLOADS):
            some = islice(queries(text), place % EVERY, None, EVERY)
            sent = [anna.get("organisations", **query) for query in some]
            sent += [
                anna.send("POST", "organisations", {text: "x"}),
                anna.send("POST", "organisations", {"name": "Z", "owner_id": text, "parent": text}),
                anna.send("PATCH", path, {"industry": text[:60]}, If_Match="*"),
                anna.send("PATCH", path, {"tags": [text[:30]]}, If_Match="*"),
            ]
            broken += [
                f"{text[:30]!r}: {one.status_code}" for one in sent if one.status_code >= 500
            ]
    assert not broken
    assert len(statements) > len(PAYLOADS)
    assert not [one for one in statements if MARK in one]
    assert Organisation.objects.filter(name="Bergmann Optik GmbH").exists()


def test_headers_are_no_way_in_either(firm: Firm, anna: Program) -> None:
    path = f"organisations/{firm.organisation.pk}"
    for text in [one for one in PAYLOADS if one.isprintable() and one.isascii()]:
        for headers in ({"If_Match": text}, {"If_Match": "*", "Idempotency_Key": text}):
            answer = anna.send("PATCH", path, {"source": "Messe"}, **headers)
            assert answer.status_code in (200, 400, 412), (text, answer.text)


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[", b"\xff\xfe", b'{"name": "\\ud800"}', b'{"name": NaN}', b"[" * 100_000, b"1" * 5000,
     b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", b'{"founded": 1' + b"0" * 400 + b"}",
     b'{"name": "' + b"x" * 3_000_000 + b'"}'],
    ids=range(10),
)  # fmt: skip
def test_no_body_breaks_it(firm: Firm, anna: Program, raw: bytes, client: Any) -> None:
    answer = client.post(
        "/api/v1/organisations", raw, content_type="application/json",
        headers={"Authorization": f"Bearer {anna.key}"},
    )  # fmt: skip
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert answer["Content-Type"] == "application/problem+json"


def test_numbers_beyond_every_limit_are_no_records(anna: Program) -> None:
    for number in (0, 2**31, 2**63, 10**30):
        for path in (f"persons/{number}", f"persons/{number}/history"):
            assert anna.get(path).status_code in (400, 404)
