"""What the history of a record says, and to whom."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people.commands import create_organisation
from kundenkreis.crm.sales.commands import create_opportunity, ship_pipeline
from kundenkreis.kernel import audit, clock, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.page.merging import Differs, merge
from kundenkreis.records.past import behalf
from kundenkreis.records.past.as_of import facts_at
from kundenkreis.records.past.history import steps

pytestmark = pytest.mark.django_db(databases=CRM)

FIRM, SALE = named("organisation"), named("opportunity")
EUROS, DOLLARS = "€1,000.00", "$1,000.00"


@pytest.fixture(autouse=True)
def shipped() -> None:
    ship_pipeline(actor=ANNA)


def test_an_amount_of_the_past_is_in_the_currency_of_then() -> None:
    with clock.freeze("2026-11-21T12:00:00Z") as frozen:
        sale = create_opportunity(actor=ANNA, title="Lupe", value_minor=100_000, currency="EUR")
        then = frozen.advance(days=1)
        frozen.advance(days=1)
        write.change(SALE, ANNA, sale.pk, None, {"value_minor": 200_000})
        frozen.advance(days=1)
        write.change(SALE, ANNA, sale.pk, None, {"currency": "USD", "value_minor": 300_000})
        write.change(SALE, ANNA, sale.pk, None, {"value_minor": 100_000})
    sale = SALE.one(ANNA, sale.pk)
    said = [
        (line.before, line.after)
        for step in steps(SALE, ANNA, sale)[0]
        for line in step.lines
        if line.label == "Value"
    ]
    assert said == [
        ("$3,000.00", DOLLARS), ("€2,000.00", "$3,000.00"), (EUROS, "€2,000.00"), ("", EUROS),
    ]  # fmt: skip
    older = audit.latest(Side.CRM, reference(sale), 9)[-1]
    assert EUROS in [line.after for line in behalf.told(Side.CRM, ANNA, [older])[0].lines]
    facts = {one.label: (one.value, one.changed) for one in facts_at(SALE, ANNA, sale, then)}
    assert facts["Value"] == (EUROS, True)  # though its figures are the same


def test_the_second_page_knows_of_a_currency_that_changed_on_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kundenkreis.records.past.history.PAGE", 1)
    sale = create_opportunity(actor=ANNA, title="Lupe", value_minor=100_000, currency="EUR")
    write.change(SALE, ANNA, sale.pk, None, {"currency": "USD"})
    sale = SALE.one(ANNA, sale.pk)
    _first, after = steps(SALE, ANNA, sale)
    second, _end = steps(SALE, ANNA, sale, after)
    assert EUROS in [line.after for line in second[0].lines]


def test_both_values_of_a_dispute_are_named() -> None:
    firm, other, third = (create_organisation(actor=ANNA, name=name) for name in "ABC")
    ben, carla = (
        User.objects.create(pk=pk, email=f"{pk}@x.example", name=name, joined_at=clock.now())
        for pk, name in ((71, "Ben"), (72, "Carla"))
    )
    seen = {"parent": None, "owner_id": firm.owner_id}
    write.change(FIRM, SYSTEM, firm.pk, None, {"parent": other, "owner_id": ben.pk})
    with pytest.raises(Differs) as refused:
        merge(FIRM, ANNA, firm.pk, seen, {"parent": third, "owner_id": carla.pk})
    found = [(one.mine, one.stored) for one in refused.value.differences]
    assert found == [("C", "B"), ("Carla", "Ben")]


def test_it_counts_no_records_that_the_reader_may_not_read() -> None:
    own = Viewer(
        name="Ben", user_id=BEN.user_id,
        grants=MappingProxyType({"crm.organisation.read": Level.OWN}),
    )  # fmt: skip
    with store.group(Side.CRM, "test"):
        firms = [
            write.create(FIRM, ANNA, {"name": f"Nr. {n}", "owner_id": owner})
            for n, owner in enumerate([BEN.user_id, BEN.user_id, 1])
        ]
    step = steps(FIRM, ANNA, firms[0])[0][-1]
    assert (step.alone, step.together) == (False, 3)
    step = steps(FIRM, own, FIRM.one(own, firms[0].pk))[0][-1]
    assert (step.alone, step.together) == (False, 0)
