"""Everything over the API, asked with tokens: it tells what somebody may know, and nothing else.

The same promises as of pages: what is hidden leaves no trace (P03, P04, P07), a refused write
changes nothing (P05), a hidden record is answered like one that does not exist (P06).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models import Q
from django.test import Client

from kundenkreis.api import resources
from kundenkreis.api.resources import Resource
from kundenkreis.api.testing import Program, program
from kundenkreis.api.urls import urlpatterns
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.token_queries import viewer_by_token
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import named
from kundenkreis.records.registry import TYPES
from tests.rights import canaries, company, writes
from tests.rights.addresses import everything, where, word_of
from tests.rights.company import (
    ANNA,
    CLEO,
    DORA,
    GUST,
    MARK,
    NORA,
    OTTO,
    PETE,
    RITA,
    STRANGE,
    TEXTS,
    THEO,
    TINA,
    Company,
    pk_of,
)  # fmt: skip
from tests.rights.inventory import TOKEN, declared
from tests.rights.otherworld import other_world

pytestmark = pytest.mark.django_db(databases=BOTH)

NOW = "2026-11-27T12:00:00+00:00"
# Whose reach is made of most parts asks for everything, the others for every so manieth page.
READERS = {OTTO: 1, TINA: 5, THEO: 7, CLEO: 5, DORA: 7, MARK: 7, PETE: 7}
STEPS = dict.fromkeys(READERS, 1) if "KUNDENKREIS_TEST_THOROUGH" in os.environ else READERS
V1 = "/api/v1/"


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.ERROR)
    with clock.freeze(NOW):
        yield company.found()
    logging.disable(logging.NOTSET)


def token(pk: int, **scopes: str) -> Program:
    """A program of somebody; that its token was used is noted already."""
    found = program(User.objects.get(pk=pk), **scopes)
    found.get("nothing")
    return found


class Answers(canaries.Answers):
    """What somebody's program was told by each address."""

    def __init__(self, firm: Company, pk: int) -> None:
        super().__init__(firm, pk)
        key = token(pk).key
        self._client = Client(headers={"Authorization": f"Bearer {key}"})


def pages(firm: Company) -> Iterator[str]:
    """Lists in every order, searched and narrowed, every record, and its history."""
    yield f"{V1}openapi.json"
    for subject, rows in firm.world.rows.items():
        kind = named(subject.partition(".")[2])
        names = [*TEXTS[subject], *filter(None, (company.AMOUNTS.get(subject),))] or ["tags"]
        slug = f"{V1}{kind.slug}"
        yield slug
        yield f"{slug}?limit=2&sort=-id"
        for name in names:
            yield f"{slug}?{urlencode({'sort': f'-{name}', 'limit': 3})}"
            yield f"{slug}?{urlencode({'fields': name})}"
        for pk in (min(rows), max(rows)):
            word = word_of(rows[pk].values.get(names[0], ["x"]))
            yield f"{slug}?q={word}"
            yield f"{slug}?{urlencode({'filter': where(names[0], 'is', word)})}"
        for pk in (*rows, max(rows) + 50):
            yield f"{slug}/{pk}"
            yield f"{slug}/{pk}/history"
            yield f"{slug}/{pk}/timeline"


@pytest.mark.parametrize("pk", STEPS)
def test_p03_p04_p07_it_tells_what_somebody_may_know_and_is_the_same_whatever_else_there_is(
    firm: Company, pk: int
) -> None:
    answers = Answers(firm, pk)
    wrong = answers.ask(islice(pages(firm), pk % STEPS[pk], None, STEPS[pk]))
    assert not wrong, "\n".join(wrong[:20])
    if STEPS[pk] == 1:
        missing = due(firm, pk) - answers.seen
        assert not missing, [firm.words[word] for word in missing]
    other_world(firm, pk)
    different = answers.different()
    assert not different, "\n".join(different[:20])


def due(firm: Company, pk: int) -> set[str]:
    """The words in fields of one record that somebody may know and the API has."""
    one = token(pk)
    return {
        word
        for word in firm.allowed(pk)
        if len(needs := firm.words[word]) == 1 and needs[0][2] in readable(one, needs[0][0])
    }


def readable(one: Program, subject: str) -> Any:
    return Resource(named(subject.partition(".")[2]), viewer_by_token(one.token)).readable


@pytest.mark.parametrize("pk", [NORA, GUST])
def test_p03_it_tells_nothing_to_whom_may_nothing_or_no_longer(firm: Company, pk: int) -> None:
    if pk == GUST:
        User.objects.filter(pk=pk).update(until=None)
    answers = Answers(firm, pk)
    if pk == GUST:
        User.objects.filter(pk=pk).update(until="2026-11-26")
    wrong = answers.ask(pages(firm))
    assert (wrong, answers.seen) == ([], set())


def test_an_api_that_tells_of_related_records_is_noticed(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(firm, CLEO)
    address = f"{V1}opportunities?fields=organisation"
    assert answers.ask([address]) == []
    number = str(pk_of("crm.organisation", 1))
    assert number not in canaries.ask(answers._client, address)[1]
    monkeypatch.setattr(resources, "readable_at", lambda *_: Q())
    assert number in canaries.ask(answers._client, address)[1]


CALLED = ("name", "last_name", "text")  # what a new record needs at least


def written(firm: Company, one: Program) -> Iterator[tuple[str, int, str]]:
    """Every write to every type: what was answered, in a batch for each."""
    for kind in TYPES.values():
        known = kind.subject in firm.world.rows
        pk = pk_of(kind.subject, 2 if kind.side == "crm" else 1) if known else 1
        columns = {column.name for column in kind.model._meta.concrete_fields}
        new = {name: "Z" for name in CALLED if name in columns} or {"title": "Z"}
        operations = [
            {"op": "create", "values": new},
            {"op": "change", "id": pk, "version": 1, "values": {"tags": ["Z"]}},
            {"op": "remove", "id": pk, "version": 1},
        ]
        answer = one.send("POST", f"{kind.slug}/batch", {"operations": operations})
        results = answer.json().get("results") or [{"status": answer.status_code}]
        for found in results:
            yield f"batch {kind.slug}", found["status"], answer.text
        for method, path, body in (
            ("POST", "", new), ("PATCH", "/{pk}", {"tags": ["Z"]}), ("DELETE", "/{pk}", {}),
        ):  # fmt: skip
            answer = one.send(method, f"{kind.slug}{path.format(pk=pk)}", body, If_Match="*")
            yield f"{method} {kind.slug}", answer.status_code, answer.text


@pytest.mark.parametrize(
    ("pk", "scopes"), [(NORA, {}), (RITA, {}), (ANNA, {"*": "read"})],
    ids=["who may nothing", "who may read everything", "a token that only reads"],
)  # fmt: skip
def test_p05_it_refuses_whoever_may_change_nothing(
    firm: Company, pk: int, scopes: dict[str, str]
) -> None:
    one = token(pk, **scopes)
    before = writes.digest()
    taken = [
        f"{what}: {status} {text[:200]}"
        for what, status, text in written(firm, one)
        if status not in (403, 404, 405)
    ]
    assert not taken, "\n".join(taken[:10])
    assert writes.digest() == before


def test_what_is_sent_is_taken_from_whoever_may(firm: Company) -> None:
    """Else the refusals above would say nothing."""
    statuses = [(what.split()[0], status) for what, status, _text in written(firm, token(ANNA))]
    done = {("POST", 201), ("PATCH", 200), ("DELETE", 204), ("batch", 201), ("batch", 200)}
    assert done <= {*statuses}, done - {*statuses}


def test_p05_a_record_that_may_only_be_read_stays_as_it_is(firm: Company) -> None:
    """Otto reads what is shared with him, and changes his own."""
    one, given = token(OTTO), company.GIVEN
    for subject in ("crm.person", "crm.organisation", "crm.opportunity"):
        kind, pk = named(subject.partition(".")[2]), pk_of(subject, given)
        path = f"{kind.slug}/{pk}"
        assert one.get(path).status_code == 200
        before = writes.digest()
        assert one.send("PATCH", path, {"tags": ["Z"]}, If_Match="*").status_code == 403
        assert one.send("DELETE", path, If_Match="*").status_code == 403
        assert writes.digest() == before
        own = f"{kind.slug}/{pk_of(subject, 0)}"
        assert one.send("PATCH", own, {"tags": ["Z"]}, If_Match="*").status_code == 200


def naming(kind: Any, pk: int) -> Iterator[tuple[str, str, Any]]:
    """Everything that names a record of a type by its number."""
    path = f"{kind.slug}/{pk}"
    yield "GET", path, None
    yield "GET", f"{path}/history", None
    yield "GET", f"{path}/timeline", None
    yield "PATCH", path, {"tags": ["Z"]}
    yield "PATCH", path, {"nothing": 1}
    yield "DELETE", path, None
    for operation in (
        {"op": "change", "id": pk, "version": 1, "values": {"tags": ["Z"]}},
        {"op": "remove", "id": pk, "version": 1},
    ):
        yield "POST", f"{kind.slug}/batch", {"operations": [operation]}
    for other, name in (("opportunities", kind.name), ("activities", kind.name)):
        if kind.name in ("person", "organisation"):
            tree = json.loads(where(name, "is", pk))
            yield "GET", f"{other}?{urlencode({'filter': json.dumps(tree)})}", None
            body = {"title": "Z", "text": "Z", "kind": "note", name: pk}
            yield "POST", other, body if other == "activities" else {"title": "Z", name: pk}
    if kind.name == "organisation":
        yield "PATCH", f"{kind.slug}/{pk_of(kind.subject, 0)}", {"parent": pk}
        yield "POST", "persons", {"last_name": "Z", "organisation": pk}


@pytest.mark.parametrize("who", [OTTO, TINA])
def test_p06_a_hidden_record_and_a_missing_one_are_the_same(firm: Company, who: int) -> None:
    one, different, count = token(who), [], 0
    for subject in (
        "crm.person",
        "crm.organisation",
        "crm.opportunity",
        "crm.activity",
        "crm.loan",
    ):
        kind = named(subject.partition(".")[2])
        hidden, missing = pk_of(subject, STRANGE), pk_of(subject, 777)
        if subject == company.LOAN:
            hidden = pk_of(subject, 3)
        for old, new in zip(naming(kind, hidden), naming(kind, missing), strict=True):
            both = []
            for (method, path, body), pk in ((old, hidden), (new, missing)):
                answer = one.send(method, path, body, If_Match="*")
                both.append((answer.status_code, answer.text.replace(str(pk), "PK")))
            count += 1
            if both[0] != both[1]:
                different.append(f"{old[0]} {old[1]}: {both}")
    assert not different, f"{len(different)} of {count}\n" + "\n".join(different[:10])
    assert count > 30


def test_p01_every_address_of_the_api_is_opened_by_a_token_only(client: Client) -> None:
    found = [one for one in everything() if one.route.startswith("api/")]
    assert len(found) == len(urlpatterns)
    for one in found:
        assert declared(one) is TOKEN
        address = one.filled(slug="persons", pk=1, rest="x")
        for method in ("GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"):
            assert client.generic(method, address).status_code == 401, (method, address)
