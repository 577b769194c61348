"""What the lanes of a board say."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils import translation

from kundenkreis.crm.sales.commands import create_opportunity, ship_pipeline
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named
from kundenkreis.records.lists.boards import board

pytestmark = pytest.mark.django_db(databases=CRM)


def test_a_lane_adds_up_every_currency() -> None:
    ship_pipeline(actor=ANNA)
    for currency, minor in (("EUR", 400_000), ("EUR", 500_000), ("JPY", 1_000_000), ("USD", 0)):
        create_opportunity(actor=ANNA, title="Lupe", value_minor=minor, currency=currency)
    kind = named("opportunity")
    with translation.override("en"):
        found = board(kind, ANNA, QueryDict(), kind.url("board"))
        lane, *others = [one for one in found.lanes if not one.zone]
        weighted = f"weighted ¥{10_000 * (lane.lane.weight or 0):,} · €{90 * lane.lane.weight:,}"
        assert (lane.count, lane.sum, lane.note) == (4, "¥1,000,000 · €9,000", weighted)
        assert {one.sum for one in others} == {""}
        assert found.summary == "4 · ¥1,000,000 · €9,000"
