"""What becomes of the calls a source reports."""

from __future__ import annotations

import pytest

from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.models import Event
from kundenkreis.engage.tracking.testing import Shop, ingest, make_shop, track
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def test_it_stores_a_visitors_step_with_its_cart_and_worth(shop: Shop) -> None:
    with freeze("2026-11-21T12:00:00Z") as clock:
        shop.consents("v1")
        call = track("Product Added", anonymousId="v1", cart_id="c1", price=19.99, quantity=2)
        assert ingest(shop.browser, call) == [Fate.STORED]
    event = Event.objects.get()
    assert (event.type, event.key, event.value_minor, event.currency) == (
        "Product Added", "c1", 3998, "EUR",
    )  # fmt: skip
    assert event.occurred_at == event.received_at == clock.instant
    assert event.properties == {"cart_id": "c1", "price": 19.99, "quantity": 2}
