"""Whoever may tell people what is kept about them hears of it in time."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.restricting import restrict_person
from kundenkreis.crm.work.informing import remind_of_informing
from kundenkreis.crm.work.models import Activity
from kundenkreis.crm.work.notice_queries import told
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import ANNA, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> dict[str, User]:
    accounts.create_shipped_roles(actor=SYSTEM)
    return {
        role: accounts.create_user(
            actor=SYSTEM, email=f"{role}@example.org", name=role.title(),
            password="drei bunte Vögel", roles=[role], language="en",
        )
        for role in ("sales", "service", "marketing")
    }  # fmt: skip


def entered(day: str, **values: Any) -> Any:
    with clock.freeze(f"{day}T10:00:00+00:00"):
        return create_person(actor=SYSTEM, last_name="Weiß", source="Liste", **values)


def open_tasks(user: User) -> list[str]:
    rows = Activity.objects.filter(owner_id=user.pk, is_done=False)
    return list(rows.values_list("text", flat=True))


def test_those_who_may_note_it_get_one_task_with_how_many_are_theirs(
    staff: dict[str, User],
) -> None:
    entered("2026-02-01", owner_id=staff["sales"].pk)
    entered("2026-02-02", owner_id=None)
    entered("2026-02-25", owner_id=None)
    with clock.freeze("2026-02-27T03:00:00+00:00"):
        assert remind_of_informing(actor=SYSTEM) == 2
    (sales,), (service,) = open_tasks(staff["sales"]), open_tasks(staff["service"])
    assert sales.startswith("2 persons")
    assert service.startswith("1 person ")
    assert open_tasks(staff["marketing"]) == []
    assert told(viewer_of(staff["sales"]), limit=5)


def test_the_next_week_takes_the_place_of_the_one_before(staff: dict[str, User]) -> None:
    entered("2026-02-01")
    with clock.freeze("2026-02-27T03:00:00+00:00"):
        remind_of_informing(actor=SYSTEM)
    with clock.freeze("2026-03-06T03:00:00+00:00"):
        remind_of_informing(actor=SYSTEM)
    (only,) = open_tasks(staff["sales"])
    assert "13" in only
    assert "March" in only


def test_nobody_hears_of_a_restricted_person_or_of_nothing_to_do(staff: dict[str, User]) -> None:
    person = entered("2026-02-01")
    restrict_person(actor=ANNA, person_id=person.pk, reason="contested")
    with clock.freeze("2026-02-27T03:00:00+00:00"):
        assert remind_of_informing(actor=SYSTEM) == 0
    assert not Activity.objects.exists()
