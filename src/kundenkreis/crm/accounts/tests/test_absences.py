"""Whoever is away has a deputy: for their own records, for these days, and written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kundenkreis.crm.accounts import absence_commands, commands, leaving_commands
from kundenkreis.crm.accounts.models import Absence, User
from kundenkreis.crm.accounts.queries import absences, returned, viewer_of
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel import audit, clock
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.due import due_steps
from kundenkreis.records.past.behalf import told

pytestmark = pytest.mark.django_db(databases=CRM)

TODAY = date(2026, 11, 23)
PERSON = named("person")


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Moves the clock to noon, so many days from today on."""

    def move(days: int) -> None:
        now = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda: now)

    move(0)
    return move


@pytest.fixture
def staff(on: Callable[[int], None]) -> dict[str, User]:
    commands.create_shipped_roles(actor=ANNA)
    return {
        name: commands.create_user(
            actor=ANNA, email=f"{name}@example.org", name=name, roles=["temporary"],
            until=date(2099, 1, 1),
        )
        for name in ("mia", "dora", "karl")
    }  # fmt: skip


def plan(actor: Viewer, who: User, deputy: User, first: int, last: int) -> Absence:
    return absence_commands.plan_absence(
        actor=actor, user_id=who.pk, deputy_id=deputy.pk,
        starts_on=TODAY + timedelta(days=first), ends_on=TODAY + timedelta(days=last),
    )  # fmt: skip


def test_nobody_makes_themselves_the_deputy_of_somebody_who_may_more(
    staff: dict[str, User],
) -> None:
    """Who plans the absences of others would read by that what is only theirs."""
    planner = Viewer(name="Pia", user_id=staff["dora"].pk, grants={"crm.absence.change": Level.ALL})
    with pytest.raises(DomainError, match="more rights than you have"):
        plan(planner, staff["mia"], staff["dora"], 0, 3)
    plan(planner, staff["mia"], staff["karl"], 0, 3)  # the control: another one may be
    assert not viewer_of(staff["dora"]).stands_in_for
    plan(ANNA, staff["karl"], staff["dora"], 0, 3)


def test_nobody_becomes_that_deputy_by_letting_the_deputy_leave(staff: dict[str, User]) -> None:
    commands.create_user(
        actor=ANNA, email="chief@example.org", name="Chief", roles=["administrator"]
    )
    plan(ANNA, staff["mia"], staff["karl"], 0, 3)
    staff["karl"].roles.clear()
    planner = Viewer(
        name="Pia", user_id=staff["dora"].pk,
        grants={"crm.absence.change": Level.ALL, "crm.user.change": Level.ALL},
    )  # fmt: skip
    with pytest.raises(DomainError, match="more rights than you have"):
        leaving_commands.let_leave(
            actor=planner, user_id=staff["karl"].pk, successor_id=staff["dora"].pk
        )
    assert User.objects.get(pk=staff["karl"].pk).is_active


def test_a_deputy_works_with_ones_own_records_on_these_days_only(
    staff: dict[str, User], on: Callable[[int], None]
) -> None:
    mia, dora, karl = staff["mia"], staff["dora"], staff["karl"]
    hers = people.create_person(actor=viewer_of(mia), last_name="Weiß")
    other = people.create_person(actor=ANNA, last_name="Kern", owner_id=karl.pk)
    plan(viewer_of(mia), mia, dora, 1, 3)
    for day, stands_in in ((0, False), (1, True), (3, True), (4, False)):
        on(day)
        deputy = viewer_of(dora)
        assert (deputy.stands_in_for == {mia.pk}) is stands_in
        assert PERSON.rows(deputy).filter(pk=hers.pk).exists() is stands_in
        assert deputy.covers("crm.person.change", hers) is stands_in
        assert not PERSON.rows(deputy).filter(pk=other.pk).exists()
        assert viewer_of(karl).stands_in_for == frozenset()
        assert viewer_of(mia).covers("crm.person.change", hers)


def test_next_steps_of_the_absent_are_among_the_deputys(
    staff: dict[str, User], on: Callable[[int], None]
) -> None:
    mia, dora = staff["mia"], staff["dora"]
    hers = people.create_person(
        actor=viewer_of(mia), last_name="Weiß", next_step="Call", next_step_on=TODAY
    )
    assert due_steps(viewer_of(dora), TODAY) == []
    plan(viewer_of(mia), mia, dora, 0, 3)
    assert due_steps(viewer_of(dora), TODAY) == [(PERSON, hers)]


def test_it_is_written_down_for_whom_a_deputy_acts(
    staff: dict[str, User], on: Callable[[int], None]
) -> None:
    mia, dora = staff["mia"], staff["dora"]
    hers = people.create_person(actor=viewer_of(mia), last_name="Weiß")
    plan(viewer_of(mia), mia, dora, 0, 3)
    deputy = viewer_of(dora)
    own = people.create_person(actor=deputy, last_name="Kern")
    write.change(PERSON, deputy, own.pk, None, {"source": "Messe"})
    write.change(PERSON, deputy, hers.pk, None, {"source": "Messe"})
    contact_commands.add_contact_detail(
        actor=deputy, holder=hers, kind="email", value="w@example.org"
    )
    write.change(PERSON, viewer_of(mia), hers.pk, None, {"source": "Netz"})
    write.change(PERSON, ANNA, hers.pk, None, {"owner_id": staff["karl"].pk})
    start, end = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    found = audit.on_behalf(Side.CRM, f"user:{mia.pk}", start, end, 10)
    assert {entry.actor for entry in found} == {f"user:{dora.pk}"}
    assert sorted(entry.target.partition(":")[0] for entry in found) == [
        "crm.contactdetail",
        "crm.person",
    ]
    words = told(Side.CRM, ANNA, found)
    assert [(one.who, one.name) for one in words if one.url] == [("dora", "Weiß")]


@pytest.mark.django_db(databases=CRM, transaction=True)
def test_for_whom_a_deputy_acted_cannot_be_changed_unnoticed(
    staff: dict[str, User], on: Callable[[int], None]
) -> None:
    hers = people.create_person(actor=viewer_of(staff["mia"]), last_name="Weiß")
    plan(viewer_of(staff["mia"]), staff["mia"], staff["dora"], 0, 3)
    write.change(PERSON, viewer_of(staff["dora"]), hers.pk, None, {"source": "Messe"})
    start, end = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    (found,) = audit.on_behalf(Side.CRM, f"user:{staff['mia'].pk}", start, end, 10)
    audit.seal(Side.CRM)
    assert list(audit.verify(Side.CRM)) == []
    AuditEntry.objects.using("default").filter(pk=found.pk).update(behalf="")
    assert [damage.what for damage in audit.verify(Side.CRM)] == ["altered"]


def test_whoever_comes_back_is_told_once(staff: dict[str, User], on: Callable[[int], None]) -> None:
    mia, dora = staff["mia"], staff["dora"]
    absence = plan(viewer_of(mia), mia, dora, 0, 2)
    assert returned(viewer_of(mia)) is None
    on(3)
    assert returned(viewer_of(mia)) == absence
    assert returned(viewer_of(dora)) is None
    with pytest.raises(NotAllowed):
        absence_commands.note_return(actor=viewer_of(dora), absence_id=absence.pk)
    absence_commands.note_return(actor=viewer_of(mia), absence_id=absence.pk)
    assert returned(viewer_of(mia)) is None


def test_everybody_plans_for_themselves_and_administrators_for_others(
    staff: dict[str, User], on: Callable[[int], None]
) -> None:
    mia, dora, karl = staff["mia"], staff["dora"], staff["karl"]
    with pytest.raises(NotAllowed):
        plan(viewer_of(dora), mia, dora, 0, 1)
    absence = plan(ANNA, mia, dora, 0, 1)
    for actor in (viewer_of(dora), viewer_of(karl)):
        with pytest.raises(NotAllowed):
            absence_commands.end_absence(actor=actor, absence_id=absence.pk)
    assert absences(viewer_of(karl)) == []
    assert absences(viewer_of(mia)) == absences(viewer_of(dora)) == [absence]
    absence_commands.end_absence(actor=viewer_of(mia), absence_id=absence.pk)
    assert not Absence.objects.exists()


def test_coming_back_early_ends_it_and_keeps_what_was(
    staff: dict[str, User], on: Callable[[int], None]
) -> None:
    mia, dora = staff["mia"], staff["dora"]
    absence = plan(ANNA, mia, dora, 0, 9)
    on(2)
    absence_commands.end_absence(actor=viewer_of(mia), absence_id=absence.pk)
    absence.refresh_from_db()
    assert absence.ends_on == TODAY + timedelta(days=1)
    assert viewer_of(dora).stands_in_for == frozenset()


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(2, 1, "ends_on"), (-3, -1, "ends_on"), (0, 400, "ends_on"), (4, 6, "starts_on")],
)
def test_days_that_make_no_sense_are_refused(
    staff: dict[str, User], on: Callable[[int], None], first: int, last: int, field: str
) -> None:
    plan(ANNA, staff["mia"], staff["dora"], 5, 8)
    with pytest.raises(DomainError) as refused:
        plan(ANNA, staff["mia"], staff["karl"], first, last)
    assert refused.value.field == field


def test_nobody_is_their_own_deputy(staff: dict[str, User]) -> None:
    with pytest.raises(DomainError):
        plan(ANNA, staff["mia"], staff["mia"], 0, 1)
    assert not Absence.objects.exists()
    assert Person.objects.count() == 0
