"""Restricted persons are found by nobody who does not need them, whatever leads to them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

import pytest

from kundenkreis.crm.people.models import Restriction
from kundenkreis.kernel import clock, seclusion
from kundenkreis.kernel.testing import BOTH
from tests.rights import canaries, company
from tests.rights.addresses import Asked
from tests.rights.company import RITA, Company, pk_of

pytestmark = pytest.mark.django_db(databases=BOTH)

NOW = "2026-11-27T12:00:00+00:00"
WHO = 1  # of the six persons
STEP = 7


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.WARNING)
    with clock.freeze(NOW):
        yield company.found()
    logging.disable(logging.NOTSET)


def theirs(firm: Company) -> set[str]:
    """The words that only whoever may read this person may be told."""
    pk = pk_of("crm.person", WHO)
    return {
        word
        for word, needs in firm.words.items()
        if any(need[:2] == ("crm.person", pk) for need in needs)
    }


def told(firm: Company, step: int = STEP) -> dict[str, set[str]]:
    """Which pages tell somebody who reads everything else which words of the person."""
    words, client = theirs(firm), canaries.logged_in(RITA)
    asked = [*islice(Asked(firm, RITA).pages(), 0, None, step)]
    asked += [f"/crm/{name}/" for name in ("opportunities", "orders", "activities", "letters")]
    asked += [f"/crm/organisations/{pk_of('crm.organisation', n)}/" for n in range(6)]
    asked += [f"/crm/opportunities/{pk_of('crm.opportunity', n)}/" for n in range(6)]
    asked += [f"/crm/orders/{pk_of('crm.order', n)}/" for n in range(6)]
    found = {}
    for address in asked:
        status, body = canaries.ask(client, address)
        assert status < 500, f"{address}: {status}"
        if known := canaries.told(body) & words - canaries.told(address):
            found[address] = known
    return found


def restrict() -> None:
    Restriction.objects.create(
        person_id=pk_of("crm.person", WHO), reason="contested", since=clock.now()
    )


def test_g13_no_page_tells_of_a_restricted_person_whoever_is_not_to_find_them(
    firm: Company,
) -> None:
    assert len(told(firm, 25)) >= 5  # the control: as long as they are not restricted
    restrict()
    wrong = told(firm)
    assert not wrong, "\n".join(f"{page} tells {words}" for page, words in wrong.items())


def test_relations_that_lead_to_restricted_persons_are_noticed(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    restrict()
    monkeypatch.setattr(seclusion, "SECLUDED", {})
    assert told(firm, 50)
