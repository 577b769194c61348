"""A write that is refused changes nothing, in no table of either side."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import pytest
from django.db import transaction
from django.test import Client

from kundenkreis.crm.accounts.models import Role
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.registry import TYPES
from tests.rights import canaries, company, writes
from tests.rights.addresses import Address
from tests.rights.company import ANNA, NORA, RITA, Company
from tests.rights.inventory import Declared

pytestmark = pytest.mark.django_db(databases=BOTH)
REFUSED = (403, 404, 405)
Sent = tuple[Address, Declared]


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.ERROR)
    yield company.found()
    logging.disable(logging.NOTSET)


def not_refused(firm: Company, client: Client, some: Iterable[Sent]) -> list[str]:
    """Which of the addresses take what is sent to them."""
    taken = []
    for one, said in some:
        for address, form in writes.sent(firm, one, said):
            send = client.get if "P" not in said.methods else client.post
            status = send(address, form, headers={"HX-Request": "true"}).status_code
            if status not in REFUSED:
                taken.append(f"{status} {address}")
    return taken


def writing(*actions: str) -> list[Sent]:
    return [
        (one, said)
        for one, said in writes.mutating()
        if not said.action.endswith(".read") and (not actions or said.action in actions)
    ]


@pytest.mark.parametrize("pk", [NORA, RITA], ids=["who may nothing", "who may read everything"])
def test_p05_it_refuses_whoever_may_change_nothing(firm: Company, pk: int) -> None:
    client = canaries.logged_in(pk)
    before = writes.digest()
    assert not not_refused(firm, client, writing())
    assert writes.digest() == before


def test_p05_it_refuses_each_write_to_whoever_may_do_everything_else(firm: Company) -> None:
    """One right is missing at a time: no other one stands in for it."""
    sides = {said.action.rpartition(".")[0] for _one, said in writing()}
    subjects = sides | {kind.subject for kind in TYPES.values()}
    actions = {said.action.rpartition(".")[2] for _one, said in writing()} | {"read"}
    every = {f"{subject}.{action}": "all" for subject in subjects for action in actions}
    taken, client, role = [], canaries.logged_in(RITA), Role.objects.get(slug="reader")
    before = writes.digest()
    for action in sorted({said.action for _one, said in writing()}):
        role.grants = {right: level for right, level in every.items() if right != action}
        role.save()
        taken += [f"{action}: {one}" for one in not_refused(firm, client, writing(action))]
    assert not taken
    role.grants = company.ROLES["reader"].grants
    role.save()
    assert writes.digest() == before


def test_p05_it_refuses_to_change_a_record_that_may_only_be_read(firm: Company) -> None:
    """Who may change their own ones, and read all, changes no other: also not with many at once."""
    Role.objects.filter(slug="reader").update(grants={"*.*.read": "all", "*.*.*": "own"})
    client = canaries.logged_in(RITA)
    before = writes.digest()
    rows = [
        one
        for one in writing()
        if one[1].scope == "row" and one[0].of_record and not one[1].action.endswith(".create")
    ]
    assert not not_refused(firm, client, rows)
    assert writes.digest() == before
    many = [one for one in writing() if one[0].view in ("bulk", "cells", "undo")]
    not_refused(firm, client, many)
    after = writes.digest()
    kept = {table for table in before if table.startswith(("default crm_", "engage engage_"))}
    assert {table for table in kept if before[table] != after[table]} == set()


def test_what_is_sent_is_taken_from_whoever_may(firm: Company) -> None:
    """Else the refusals above would say nothing: most forms do something for an administrator."""
    some = [one for one in writing() if one[0].kind and one[0].kind.name in ("person", "loan")]
    done, client = [], canaries.logged_in(ANNA)
    for one in some:
        with transaction.atomic(), transaction.atomic("engage"):
            before = writes.entries()
            not_refused(firm, client, [one])
            if writes.entries() > before:
                done.append(one[0].view)
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="engage")
    expected = {"new", "fact", "cell", "shares", "remove", "bulk", "export", "import", "cells"}
    assert expected <= set(done), expected - set(done)
