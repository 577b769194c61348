"""Taking back says nothing of records that one may not know."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import named, write
from kundenkreis.records.past.undo import Undoing

pytestmark = pytest.mark.django_db(databases=CRM)


def test_taking_back_tells_nothing_of_records_one_may_not_know() -> None:
    names = ("Secret 1", "Secret 2", "Secret 3")
    firms = [write.create(named("organisation"), ANNA, {"name": name}) for name in names]
    batch = new_batch()
    with store.group(Side.CRM, "test", batch):
        for firm in firms:
            write.change(named("organisation"), ANNA, firm.pk, None, {"industry": "IT"})
    grants = MappingProxyType({"crm.organisation.*": Level.OWN})
    lea = Viewer(
        "Lea", user_id=77, grants=grants,
        locked=MappingProxyType({"crm.organisation": frozenset({"industry"})}),
    )  # fmt: skip
    with store.group(Side.CRM, "test"):
        _position, done = Undoing(lea, Side.CRM, batch).piece(0, 50)
    assert [(one.pk, one.name) for one in done.left] == [(None, "")] * 3
    assert {type(one.error) for one in done.left} == {NotFound}
