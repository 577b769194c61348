from __future__ import annotations

from collections.abc import Iterator

import pytest

from kundenkreis.engage.tracking.testing import Shop, make_shop
from kundenkreis.kernel.clock import FrozenClock, freeze


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def shop(db: None, clock: FrozenClock) -> Shop:
    """A shop at noon; visitor v1 agreed."""
    made = make_shop()
    made.consents("v1")
    return made
