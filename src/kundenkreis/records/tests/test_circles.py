"""A firm is no part of itself, nor of what is part of it, whichever way it is changed."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people.commands import create_organisation
from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write

pytestmark = pytest.mark.django_db(databases=CRM)
KIND = named("organisation")


def firm(name: str, parent: Organisation | None = None) -> Organisation:
    return create_organisation(actor=ANNA, name=name, parent=parent)


def parents() -> dict[str, str | None]:
    return dict(Organisation.objects.values_list("name", "parent__name"))


def test_it_refuses_a_firm_above_itself_and_says_beside_which_field() -> None:
    top = firm("Holding")
    low = firm("Werk", parent=firm("Gruppe", parent=top))
    for wrong in (top, low):
        with pytest.raises(DomainError) as refused:
            write.change(KIND, ANNA, top.pk, None, {"parent": wrong})
        assert refused.value.field == "parent"
    assert parents() == {"Holding": None, "Gruppe": "Holding", "Werk": "Gruppe"}


def test_it_lets_a_firm_move_within_its_group_and_out_of_it() -> None:
    top = firm("Holding")
    low = firm("Werk", parent=firm("Gruppe", parent=top))
    write.change(KIND, ANNA, low.pk, None, {"parent": top})
    assert parents()["Werk"] == "Holding"
    write.change(KIND, ANNA, low.pk, None, {"parent": None})
    assert parents()["Werk"] is None


def test_two_that_become_part_of_each_other_at_once_do_so_one_way() -> None:
    one, two = firm("Eins"), firm("Zwei")
    with store.group(Side.CRM, "test"):
        done = write.change_many(KIND, ANNA, [(one, {"parent": two}), (two, {"parent": one})])
    assert done[0] is True
    assert isinstance(done[1], DomainError)
    assert parents() == {"Eins": "Zwei", "Zwei": None}
