from __future__ import annotations

from itertools import permutations
from uuid import UUID

import pytest

from kundenkreis.engage.profiles.facts import PersonFacts, set_facts
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

LINK = UUID(int=7)


def state(version: int, link_id: UUID = LINK) -> PersonFacts:
    return PersonFacts(link_id, {"orders": {"value": version, "purpose": "orders"}}, version)


def orders() -> int:
    return int(Profile.objects.get(link_id=LINK).facts["orders"]["value"])


def test_the_newest_state_counts_in_whatever_order_they_arrive() -> None:
    for number, arrival in enumerate(permutations([1, 2, 3])):
        link = UUID(int=100 + number)
        for version in arrival:
            set_facts(actor=ANNA, states=[state(version, link)])
        assert Profile.objects.get(link_id=link).facts["orders"]["value"] == 3


def test_it_makes_a_profile_for_somebody_never_seen() -> None:
    assert set_facts(actor=ANNA, states=[state(1), state(2)]) == 1
    assert Profile.objects.get().known
    assert orders() == 2


def test_a_repeat_writes_nothing() -> None:
    set_facts(actor=ANNA, states=[state(1)])
    assert set_facts(actor=ANNA, states=[state(1)]) == 0
    assert Profile.objects.get().version == 2


def test_it_is_audited_and_moves_the_version() -> None:
    with store.group(Side.ENGAGE, "test"):
        store.create(ANNA, Profile, link_id=LINK)
    set_facts(actor=ANNA, states=[state(4)])
    assert Profile.objects.get().version == 2
    change = AuditChange.objects.using("engage").order_by("-pk")[0]
    assert change.fields["facts"][1]["orders"]["value"] == 4


def test_a_merged_profile_keeps_the_facts_of_its_own_person() -> None:
    with store.group(Side.ENGAGE, "test"):
        known = store.create(ANNA, Profile, link_id=UUID(int=8))
        store.create(ANNA, Profile, link_id=LINK, canonical_id=known.pk)
    set_facts(actor=ANNA, states=[state(3)])
    assert Profile.objects.get(pk=known.pk).facts == {}


def test_carla_may_not() -> None:
    with pytest.raises(NotAllowed):
        set_facts(actor=CARLA, states=[state(1)])
