"""Every page, asked by everybody: it tells what they may know, all of that, and nothing else.

What they may not know leaves no trace either: in another world, where just that is different,
the page is the same to the letter, and costs as many queries.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.kernel import access, clock, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import named, write
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.past.history import steps
from kundenkreis.records.views import filtering
from tests.rights import canaries, company
from tests.rights.addresses import Asked
from tests.rights.company import (
    ANNA,
    CLEO,
    DORA,
    GUST,
    MARK,
    NORA,
    OTTO,
    THEO,
    TINA,
    Company,
    pk_of,
)
from tests.rights.otherworld import other_world

pytestmark = pytest.mark.django_db(databases=BOTH)

NOW = "2026-11-27T12:00:00+00:00"
# Whose reach is made of most parts asks for everything, the others for every so manieth page.
# Thoroughly, everybody asks for everything, and again in the other world: 11,000 requests.
THOROUGH = "KUNDENKREIS_TEST_THOROUGH" in os.environ
SAMPLE = {OTTO: 1, TINA: 3, THEO: 5, CLEO: 5, DORA: 5, MARK: 5}
STEPS = dict.fromkeys(SAMPLE, 1) if THOROUGH else SAMPLE
AGAIN = 1 if THOROUGH else 4


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.WARNING)  # refusals are what is asked for
    with clock.freeze(NOW):
        yield company.found()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("pk", STEPS)
def test_p03_p04_p07_it_tells_what_somebody_may_know_and_is_the_same_whatever_else_there_is(
    firm: Company, pk: int
) -> None:
    step, answers = STEPS[pk], canaries.Answers(firm, pk)
    wrong = answers.ask(islice(Asked(firm, pk).pages(), pk % step, None, step))
    assert not wrong, "\n".join(wrong[:20])
    if SAMPLE[pk] == 1:
        public = {word for word, needs in firm.words.items() if not needs}
        missing = firm.allowed(pk) - answers.seen - (public - firm.personal.keys())
        assert not missing, [firm.words[word] for word in missing]
    other_world(firm, pk)
    different = answers.different(min(AGAIN, 2) if SAMPLE[pk] > 1 else AGAIN)
    assert not different, "\n".join(different[:20])


@pytest.mark.parametrize("pk", [NORA, GUST])
def test_p03_it_tells_nothing_to_whom_may_nothing_or_no_longer(firm: Company, pk: int) -> None:
    pages = islice(Asked(firm, pk).pages(), 0, None, 8)
    wrong, seen = canaries.leaks(firm, pk, pages)
    assert (wrong, seen) == ([], set())


def test_a_history_counts_only_what_may_be_known(firm: Company) -> None:
    """How many records were changed together says how many there are that one may not see."""
    kind, anna = named("person"), viewer_of(User.objects.get(pk=ANNA))
    with store.group(Side.CRM, "test", "z" * 32):
        for row in kind.rows(anna):
            write.change(kind, anna, row.pk, None, {"first_name": "Z"})
    own = kind.one(anna, pk_of("crm.person", 0))
    for pk, together in ((ANNA, 6), (OTTO, 0)):  # to whom it is only more than one
        made, _after = steps(kind, viewer_of(User.objects.get(pk=pk)), own)
        assert made[0].together == together


def test_pages_that_tell_of_related_records_are_noticed(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "readable", lambda viewer, rows: rows)
    assert canaries.leaks(firm, CLEO, ["/crm/opportunities/", "/crm/orders/"])[0]


def test_a_count_of_what_is_hidden_is_noticed(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = canaries.Answers(firm, OTTO)
    monkeypatch.setattr(filtering, "narrowed", everything_narrowed)
    answers.ask(["/crm/persons/count/?definition="])
    other_world(firm, OTTO)
    assert answers.different()


def everything_narrowed(kind: Any, viewer: Any, parameters: Any, address: str) -> Any:
    _rows, filters = narrowed(kind, viewer, parameters, address)
    return kind.model.objects.all(), filters
