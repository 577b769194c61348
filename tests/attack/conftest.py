"""A company whose every type has records, and an administrator who asks for everything."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from kundenkreis.kernel import clock
from tests.rights import canaries, company
from tests.rights.company import ANNA, Company


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.ERROR)  # refusals are what is asked for
    with clock.freeze("2026-11-27T12:00:00+00:00"):
        yield company.found()
    logging.disable(logging.NOTSET)


@pytest.fixture
def anna(firm: Company) -> Client:
    return canaries.logged_in(ANNA)
