"""Notes, tasks, calls and meetings: entering, giving, ticking off, undoing, forgetting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.entries import timeline
from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.crm.work import queries
from kundenkreis.crm.work.commands import (
    add_activity,
    change_activity,
    finish_task,
    keep_draft,
)
from kundenkreis.crm.work.models import Activity, Draft, Notice
from kundenkreis.crm.work.notice_queries import told
from kundenkreis.kernel import clock, store, testing
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.models import AuditEntry, RemovedRow
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.page import merging
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.past import undo
from kundenkreis.records.past.bin import deleted
from kundenkreis.records.past.history import undo_url

pytestmark = pytest.mark.django_db(databases=CRM)

ANNA = replace(testing.ANNA, user_id=901)  # nobody of those who are made here
NOW = "2026-11-21T12:00:00Z"


def jana() -> Person:
    return people.create_person(actor=ANNA, first_name="Jana", last_name="Weiß")


def deal(**values: object) -> Opportunity:
    sales.ship_pipeline(actor=SYSTEM)
    return sales.create_opportunity(actor=ANNA, title="Lasermesskopf", **values)


def colleague(name: str, *roles: str) -> tuple[User, Viewer]:
    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email=f"{name.replace(' ', '.')}@example.org", name=name, roles=roles
    )
    return user, viewer_of(user)


def kinds(record: object) -> list[str]:
    return [entry.kind for entry in timeline(ANNA, record).rows]


def batch_of(record: object) -> str:
    return undo_url(named("activity"), record).split("/")[-2]


def test_what_has_happened_stands_in_the_timeline_and_what_is_to_be_done_does_not() -> None:
    person = jana()
    for kind in ("note", "call", "meeting", "task"):
        add_activity(actor=ANNA, kind=kind, about=person, text=f"{kind}!", due_on=date(2026, 12, 1))
    assert sorted(kinds(person)) == ["call", "meeting", "note"]
    task = Activity.objects.get(kind="task")
    assert queries.upcoming(ANNA, person) == [task]
    finish_task(actor=ANNA, activity_id=task.pk)
    assert sorted(kinds(person)) == ["call", "meeting", "note", "task"]
    assert queries.upcoming(ANNA, person) == []
    finish_task(actor=ANNA, activity_id=task.pk, done=False)
    assert sorted(kinds(person)) == ["call", "meeting", "note"]


def test_a_meeting_that_is_planned_has_not_happened_yet() -> None:
    with clock.freeze(NOW) as now:
        person = jana()
        at = now.instant + timedelta(days=2)
        meeting = add_activity(actor=ANNA, kind="meeting", about=person, text="Vorführung", at=at)
        assert kinds(person) == []
        assert queries.upcoming(ANNA, person) == [meeting]
        now.advance(days=3)
        assert kinds(person) == ["meeting"]
        assert queries.upcoming(ANNA, person) == []


def test_an_entry_follows_its_activity_whoever_writes_it() -> None:
    person = jana()
    note = add_activity(actor=ANNA, about=person, text="Ruft zurück")
    write.change(named("activity"), ANNA, note.pk, None, {"text": "Ruft nicht zurück"})
    assert TimelineEntry.objects.get().payload["text"] == "Ruft nicht zurück"
    undo.undo(ANNA, Side.CRM, batch_of(note))
    assert TimelineEntry.objects.get().payload["text"] == "Ruft zurück"
    write.remove(named("activity"), ANNA, note.pk)
    assert not TimelineEntry.objects.exists()
    undo.undo(ANNA, Side.CRM, batch_of(note))
    assert TimelineEntry.objects.get().payload["text"] == "Ruft zurück"


def test_what_is_entered_about_a_deal_is_told_its_customer_too_and_goes_with_the_deal() -> None:
    person = jana()
    sale = deal(person=person)
    add_activity(actor=ANNA, kind="call", about=sale, text="Fragt nach Rabatt")
    task = add_activity(actor=ANNA, kind="task", about=sale, text="Anrufen")
    assert "call" in kinds(sale)
    assert "call" in kinds(person)
    assert queries.upcoming(ANNA, person) == [task]
    write.remove(named("opportunity"), ANNA, sale.pk)
    assert not Activity.objects.exists()
    assert "call" not in kinds(person)
    undo.undo(ANNA, Side.CRM, undo_url(named("opportunity"), sale).split("/")[-2])
    assert Activity.objects.count() == 2
    assert "call" in kinds(person)


def test_only_whom_the_right_reaches_may_write() -> None:
    person = jana()
    task = add_activity(actor=ANNA, kind="task", about=person, text="Anrufen")
    for actor in (BEN, CARLA):  # Ben may read his team's records only
        with pytest.raises((NotAllowed, NotFound)):
            add_activity(actor=actor, about=person, text="x")
        with pytest.raises(NotAllowed):
            finish_task(actor=actor, activity_id=task.pk)
        with pytest.raises(NotAllowed):
            change_activity(actor=actor, activity_id=task.pk, version=None, text="x")
    assert Activity.objects.get().text == "Anrufen"
    assert not Notice.objects.exists()


def test_nobody_reads_what_is_about_a_record_they_may_not_read() -> None:
    person, sale = jana(), deal()
    add_activity(actor=ANNA, about=person, text="geheim")
    add_activity(actor=ANNA, about=sale, text="geheim")
    add_activity(actor=ANNA, text="Kaffee kaufen")
    reader = replace(BEN, grants=MappingProxyType({"crm.activity.read": Level.ALL}))
    assert [str(one) for one in queries.activities(reader)] == ["Kaffee kaufen"]
    reader = replace(reader, grants={**reader.grants, "crm.opportunity.read": Level.ALL})
    assert queries.activities(reader).count() == 2
    assert queries.activities(ANNA).count() == 3
    assert queries.activities(CARLA).count() == 0


def test_the_timeline_hides_activities_from_whom_may_read_only_the_person() -> None:
    person = jana()
    add_activity(actor=ANNA, about=person, text="geheim")
    reader = replace(CARLA, grants=MappingProxyType({"crm.person.read": Level.ALL}))
    assert timeline(reader, person).rows == []
    own = replace(reader, grants={**reader.grants, "crm.activity.read": Level.OWN})
    assert timeline(own, person).rows == []
    assert len(timeline(replace(own, user_id=ANNA.user_id), person).rows) == 1


def notices(viewer: Viewer) -> list[Notice]:
    return [one.notice for one in told(viewer, limit=20)]


def test_a_task_is_given_only_to_whom_may_read_it_and_they_are_told_once() -> None:
    person = jana()
    mara, maras = colleague("Mara Kern", "sales")
    otto, _ = colleague("Otto Fuchs")
    with pytest.raises(DomainError, match="cannot be given"):
        add_activity(actor=ANNA, kind="task", about=person, text="Anrufen", owner_id=otto.pk)
    assert not Activity.objects.exists()
    task = add_activity(actor=ANNA, kind="task", about=person, text="Anrufen", owner_id=mara.pk)
    change_activity(actor=ANNA, activity_id=task.pk, version=None, owner_id=mara.pk, text="Bald")
    assert [(one.kind, one.by) for one in notices(maras)] == [("assigned", "Anna")]
    assert queries.due_tasks(maras, date(2030, 1, 1)) == []  # it has no day
    assert list(queries.open_tasks(maras)) == [task]


def test_who_is_mentioned_is_told_if_they_may_read_it() -> None:
    person = jana()
    mara, maras = colleague("Mara Kern", "sales")
    colleague("Otto Fuchs")
    text = "@Mara Kern und @Otto Fuchs, bitte ansehen; @Mara ist niemand"
    note = add_activity(actor=ANNA, about=person, text=text)
    assert [one.user_id for one in Notice.objects.all()] == [mara.pk]
    change_activity(actor=ANNA, activity_id=note.pk, version=None, text=f"{text}!")
    assert Notice.objects.count() == 1
    assert notices(maras)[0].activity == note
    people.remove_person(actor=ANNA, person_id=person.pk)
    assert notices(maras) == []


def test_a_longer_name_is_not_a_mention_of_the_shorter_one() -> None:
    person = jana()
    _short, shorts = colleague("Ben", "sales")
    _long, longs = colleague("Ben Marks", "sales")
    add_activity(actor=ANNA, about=person, text="@Ben Marks weiß es")
    assert len(notices(longs)) == 1
    assert notices(shorts) == []


def test_a_draft_is_ones_own_and_ends_with_what_it_is_about() -> None:
    person = jana()
    keep_draft(actor=ANNA, about=person, typed={"text": "Angef", "kind": "call"})
    keep_draft(actor=ANNA, about=person, typed={"text": "Angefangen", "kind": "call"})
    assert queries.draft(ANNA, person) == {"text": "Angefangen", "kind": "call"}
    assert queries.draft(BEN, person) == {}
    with pytest.raises(NotFound):
        keep_draft(actor=CARLA, about=person, typed={"text": "x"})
    people.remove_person(actor=ANNA, person_id=person.pk)
    assert not Draft.objects.exists()


def test_a_note_or_an_own_draft_about_what_was_just_made_is_no_reason_to_keep_the_draft() -> None:
    person = jana()
    keep_draft(actor=ANNA, about=person, typed={"text": "Angefangen"})
    undo.undo(ANNA, Side.CRM, undo_url(named("person"), person).split("/")[-2])
    assert not Person.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "\0"])
def test_it_takes_nothing_without_a_text(text: str) -> None:
    with pytest.raises(DomainError):
        add_activity(actor=ANNA, about=jana(), text=text)
    assert (
        not AuditEntry.objects.using("default").filter(target__startswith="crm.activity").exists()
    )


def test_an_open_task_keeps_its_person_and_done_work_is_forgotten_in_time() -> None:
    with clock.freeze(NOW) as now:
        person = jana()
        task = add_activity(actor=ANNA, kind="task", about=person, text="Anrufen")
        now.advance(days=1500)
        forget(Side.CRM)
        assert Activity.objects.get() == task
        finish_task(actor=ANNA, activity_id=task.pk)
        now.advance(days=1200)
        forget(Side.CRM)
        assert not Activity.objects.exists()
        assert not TimelineEntry.objects.exists()
        assert not Person.objects.exists()


def test_the_bin_tells_nothing_of_people_whom_one_may_not_know() -> None:
    kind = named("activity")
    own = MappingProxyType(
        {"crm.activity.*": Level.ALL, "crm.person.*": Level.OWN, "crm.organisation.*": Level.ALL}
    )
    lea = Viewer(name="Lea", user_id=902, grants=own)
    of_anna = add_activity(actor=ANNA, about=jana(), text="Ill for weeks")
    hers = people.create_person(actor=lea, last_name="Kern")
    of_lea = add_activity(actor=lea, about=hers, text="Called")
    write.remove(kind, ANNA, of_anna.pk)
    write.remove(kind, lea, of_lea.pk)
    assert len(deleted(kind, ANNA)[0]) == 2
    assert ["Called" in one.title for one in deleted(kind, lea)[0]] == [True]
    (image,) = store.stored(Side.CRM, RemovedRow).filter(row=of_anna.pk, root=True)
    with pytest.raises(NotFound):
        undo.undo(lea, Side.CRM, image.batch)


def test_whoever_gives_a_record_away_is_told_that_it_was_saved() -> None:
    kind = named("person")
    grants = MappingProxyType({"crm.person.*": Level.OWN, "crm.contactdetail.*": Level.OWN})
    lea = Viewer(name="Lea", user_id=902, grants=grants)
    person = people.create_person(actor=lea, last_name="Kern")
    edit = Edit(kind, lea, person.pk, ["owner_id"])
    written = merging.merge(kind, lea, person.pk, edit.before, {"owner_id": 903})
    assert written.owner_id == 903
    edit.record = written
    assert edit.out_of_sight
