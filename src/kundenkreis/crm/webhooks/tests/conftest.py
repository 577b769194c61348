"""A receiver on loopback, and Olga, in whose name it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.egress.tests.receivers import Receiver, receiver
from kundenkreis.kernel.testing import ANNA


@pytest.fixture
def now(settings: Any) -> Iterator[FrozenClock]:
    settings.EGRESS_ALLOWED = "127.0.0.0/8"
    with clock.freeze("2030-03-01T12:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def owner(now: FrozenClock) -> User:
    accounts.create_shipped_roles(actor=ANNA)
    made = accounts.create_user(
        actor=ANNA, email="olga@example.org", name="Olga", roles=["administrator"]
    )
    now.advance(seconds=1)  # nobody is told of her
    return made


@pytest.fixture
def olga(owner: User) -> Viewer:
    return viewer_of(owner)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as made:
        yield made
