"""Every page, asked by everybody: it tells what they may know, all of that, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

import pytest

from kundenkreis.kernel import access
from kundenkreis.kernel.testing import BOTH
from tests.rights import canaries, company
from tests.rights.addresses import Asked
from tests.rights.company import CLEO, DORA, GUST, MARK, NORA, OTTO, THEO, TINA, Company

pytestmark = pytest.mark.django_db(databases=BOTH)

# Whose reach is made of most parts asks for everything, the others for a part of it.
EVERYTHING, PART = (OTTO, TINA), (THEO, CLEO, DORA, MARK)
STEP = 4


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.WARNING)  # refusals are what is asked for
    yield company.found()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("pk", EVERYTHING)
def test_it_tells_what_somebody_may_know_and_nothing_else(firm: Company, pk: int) -> None:
    wrong, seen = canaries.leaks(firm, pk, Asked(firm, pk).pages())
    assert not wrong, "\n".join(wrong[:20])
    public = {word for word, needs in firm.words.items() if not needs and word not in firm.personal}
    missing = firm.allowed(pk) - seen - public
    assert not missing, [firm.words[word] for word in missing]


@pytest.mark.parametrize("pk", PART)
def test_it_tells_nobody_what_they_may_not_know(firm: Company, pk: int) -> None:
    pages = islice(Asked(firm, pk).pages(), pk % STEP, None, STEP)
    wrong, seen = canaries.leaks(firm, pk, pages)
    assert not wrong, "\n".join(wrong[:20])
    assert seen


@pytest.mark.parametrize("pk", [NORA, GUST])
def test_it_tells_nothing_to_whom_may_nothing_or_no_longer(firm: Company, pk: int) -> None:
    pages = islice(Asked(firm, pk).pages(), 0, None, 2 * STEP)
    wrong, seen = canaries.leaks(firm, pk, pages)
    assert (wrong, seen) == ([], set())


def test_pages_that_tell_of_related_records_are_noticed(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "readable", lambda viewer, rows: rows)
    assert canaries.leaks(firm, CLEO, ["/crm/opportunities/", "/crm/orders/"])[0]
