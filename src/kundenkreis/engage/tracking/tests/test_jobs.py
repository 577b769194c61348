from __future__ import annotations

from datetime import timedelta

import pytest

from kundenkreis.engage.tracking import rejects
from kundenkreis.engage.tracking.models import RejectedItem, SeenMessage
from kundenkreis.engage.tracking.testing import Shop, ingest, track
from kundenkreis.kernel import forgetting
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)


def forget(clock: FrozenClock, **later: float) -> None:
    clock.advance(**later)
    forgetting.forget(Side.ENGAGE)


def test_what_is_no_longer_needed_is_forgotten(shop: Shop, clock: FrozenClock) -> None:
    ingest(shop.server, track("A", userId="u1"), {"type": "nonsense"})
    forget(clock, hours=1)
    assert (SeenMessage.objects.count(), RejectedItem.objects.count()) == (1, 1)
    forget(clock, days=9)
    assert (SeenMessage.objects.count(), RejectedItem.objects.count()) == (0, 1)
    forget(clock, days=30)
    assert RejectedItem.objects.count() == 0


def test_of_many_rejected_items_the_newest_stay(
    shop: Shop, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejects, "MOST", 5)
    for number in range(8):
        ingest(shop.server, {"type": f"nonsense {number}", "userId": "u1"})
        clock.instant += timedelta(seconds=1)
    forget(clock, hours=1)
    kept = [row.item["type"] for row in RejectedItem.objects.order_by("id")]
    assert kept == [f"nonsense {number}" for number in range(3, 8)]
