"""The inbox: what concerns a member of staff, read one by one or at once, by page and by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.work import digest, noticing
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.crm.work.models import Notice, NoticeSettings
from kundenkreis.crm.work.notice_commands import choose_ways, read_notice
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.models import Mark, Transfer
from kundenkreis.records.page import marks
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.shell import inbox
from kundenkreis.web.shell.inbox import unread

# The audit is read as a log: on PostgreSQL only what is committed.
pytestmark = pytest.mark.django_db(databases=BOTH, transaction=True)

PERSON = named("person")


@pytest.fixture
def now(company: Company) -> FrozenClock:
    with clock.freeze("2030-03-01T12:00:00Z") as frozen:
        notice()
        yield frozen


@pytest.fixture
def ben(company: Company, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(company.ben)


def notice() -> None:
    """The worker's turn."""
    while sum(noticing.notice_changes(side) for side in Side):
        pass
    noticing.notice_ended()


def shown(client: Client, query: str = "") -> str:
    notice()
    page = client.get(f"/inbox/{query}").text
    return page.split('id="page"')[1].split("</main>")[0]


def test_a_follower_reads_what_others_changed_and_wrote_since_then_and_not_what_they_did(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    pk, annas, bens = company.person.pk, viewer_of(company.anna), viewer_of(company.ben)
    write.change(PERSON, annas, pk, None, {"source": "Messe"})  # before
    now.advance(minutes=1)
    marks.toggle(PERSON, bens, pk, Mark.What.FOLLOW)
    now.advance(minutes=1)
    assert unread(bens) == 0
    write.change(PERSON, annas, pk, None, {"last_name": "Kern"})
    write.change(PERSON, bens, pk, None, {"first_name": "Janina"})
    add_activity(actor=annas, about=company.person, text="Ruft zurück")
    add_activity(actor=bens, about=company.person, text="Meine Notiz")
    page = shown(ben)
    assert "Janina Kern: Changed by Anna" in page
    assert "Last name" in page
    assert "Ruft zurück" in page
    for unknown in ("Source", "First name", "Meine Notiz"):
        assert unknown not in page
    assert unread(bens) == 2
    ben.post("/inbox/read/")
    assert unread(bens) == 0
    assert 'class="news unread"' not in shown(ben)


def test_several_changes_of_one_record_are_one_notice_until_it_is_read(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    pk, annas, bens = company.person.pk, viewer_of(company.anna), viewer_of(company.ben)
    marks.toggle(PERSON, bens, pk, Mark.What.FOLLOW)
    for name in ("Kern", "Ohm", "Weiß"):
        now.advance(minutes=1)
        write.change(PERSON, annas, pk, None, {"last_name": name})
        notice()
    write.change(PERSON, annas, pk, None, {"source": "Messe"})
    page = shown(ben)
    assert unread(bens) == 1
    assert "4 changes" in page
    assert "Source" in page
    read_notice(actor=bens, notice_id=Notice.objects.get().pk)
    now.advance(minutes=1)
    write.change(PERSON, annas, pk, None, {"last_name": "Kern"})
    notice()
    assert (unread(bens), Notice.objects.count()) == (1, 2)


def test_a_mention_and_a_task_are_told_and_counted_in_the_navigation(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    annas = viewer_of(company.anna)
    day = now.instant.date()
    add_activity(
        actor=annas, kind="task", about=company.person, text="Anrufen", due_on=day,
        owner_id=company.ben.pk,
    )  # fmt: skip
    add_activity(actor=annas, about=company.person, text="@Ben, siehe oben")
    page = shown(ben)
    assert "Anna gave you a task" in page
    assert "Anna mentioned you" in page
    assert "Anna mentioned you" not in shown(ben, "?show=assigned")
    own = ben.get("/own/").text
    assert 'id="badge-inbox" hx-swap-oob="true">2<' in own
    assert 'id="badge-tasks" hx-swap-oob="true">1<' in own
    ben.post(f"/inbox/{Notice.objects.get(kind='mentioned').pk}/read/")
    assert "Anna mentioned you" not in shown(ben, "?show=unread")
    assert "Anna gave you a task" in shown(ben, "?show=unread")


def test_a_record_that_somebody_else_gives_is_told_and_many_are_told_as_one(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    annas, bens = viewer_of(company.anna), viewer_of(company.ben)
    write.change(PERSON, annas, company.person.pk, None, {"owner_id": company.ben.pk})
    mine = people.create_person(actor=bens, last_name="Eigen")
    write.change(PERSON, bens, mine.pk, None, {"owner_id": company.ben.pk})
    assert f"Anna gave you {company.person}" in shown(ben)
    assert unread(bens) == 1
    with store.group(Side.CRM, "test"):
        for number in range(8):
            people.create_person(actor=annas, last_name=f"P{number}", owner_id=company.ben.pk)
    assert "Anna gave you 8 records" in shown(ben)
    assert unread(bens) == 2


def test_the_inbox_tells_nothing_of_what_may_no_longer_be_read(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    pk, bens, annas = company.person.pk, viewer_of(company.ben), viewer_of(company.anna)
    marks.toggle(PERSON, bens, pk, Mark.What.FOLLOW)
    now.advance(minutes=1)
    write.change(PERSON, annas, pk, None, {"last_name": "Geheim"})
    add_activity(actor=annas, about=company.person, text="@Ben geheim")
    assert "eheim" in shown(ben)
    Role.objects.filter(slug="sales").update(grants={"crm.activity.read": "all"})
    assert "eheim" not in shown(ben)
    assert unread(viewer_of(company.ben)) == 0
    Role.objects.filter(slug="sales").update(
        grants={"crm.person.read": "all"}, fields={"crm.person": {"last_name": "hidden"}}
    )
    assert "Last name" not in shown(ben)
    now.advance(days=1)
    digest.send_digests(actor=SYSTEM)
    assert not any("eheim" in one.body for one in mail.outbox if company.ben.email in one.to)


def test_notices_of_a_record_in_the_bin_are_not_shown(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    pk, bens = company.person.pk, viewer_of(company.ben)
    marks.toggle(PERSON, bens, pk, Mark.What.FOLLOW)
    now.advance(minutes=1)
    write.change(PERSON, viewer_of(company.anna), pk, None, {"last_name": "Kern"})
    assert "Kern" in shown(ben)
    people.remove_person(actor=SYSTEM, person_id=pk)
    assert "Kern" not in shown(ben)


def test_what_is_due_is_told_in_the_morning_and_not_added_up(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    bens = viewer_of(company.ben)
    for text in ("Anrufen", "Schreiben"):
        add_activity(actor=bens, kind="task", text=text, due_on=now.instant.date())
    for _day in range(2):
        noticing.notice_due()
        now.advance(days=1)
    assert "2 next steps and tasks are due" in shown(ben)
    assert Notice.objects.filter(kind="due", user_id=company.ben.pk).count() == 1


def test_long_work_that_ended_is_told_once_and_short_work_is_not(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    begun = clock.now() - timedelta(minutes=5)

    def work(seconds: int, state: str, user: User) -> Transfer:
        values = {"kind": "person", "direction": "in", "folder": f"{seconds}{user.pk}"}
        ended = begun + timedelta(seconds=seconds)
        new = Transfer(**values, state=state, user_id=user.pk, created_at=begun, changed_at=ended)
        with store.group(Side.CRM, "test"):
            (made,) = store.append(Transfer, [new])
        return made

    work(2, "done", company.ben)
    work(60, "running", company.ben)
    work(90, "done", company.anna)
    assert "An import" not in shown(ben)
    one = work(61, "checked", company.ben)
    assert "An import is checked: decide" in shown(ben)
    ben.post("/inbox/read/")
    notice()
    assert unread(viewer_of(company.ben)) == 0
    with store.group(Side.CRM, "test"):
        store.replace(store.rows(Transfer).filter(pk=one.pk), state="done", changed_at=clock.now())
    assert "An import has ended" in shown(ben)
    assert unread(viewer_of(company.ben)) == 1


def test_everybody_chooses_how_to_be_told(company: Company, now: FrozenClock, ben: Client) -> None:
    bens, annas = viewer_of(company.ben), viewer_of(company.anna)
    page = ben.get("/inbox/settings/").text
    assert page.split('name="hour"')[0].split('id="page"')[1].count(" checked") == 11
    ben.post("/inbox/settings/", {"hour": "9", "mentioned": ["mail"]})
    own = NoticeSettings.objects.get(user_id=company.ben.pk)
    assert (own.hour, own.ways["mentioned"], own.ways["assigned"]) == (9, ["mail"], [])
    add_activity(actor=annas, about=company.person, text="@Ben, bitte")
    add_activity(actor=annas, kind="task", text="Anrufen", owner_id=company.ben.pk)
    assert [one.kind for one in Notice.objects.all()] == ["mentioned"]
    assert unread(bens) == 0  # by mail only
    assert ben.post("/inbox/settings/", {"hour": "24"}).status_code == 422
    with pytest.raises(DomainError):
        choose_ways(actor=bens, ways={}, hour=24)


def test_the_mail_of_the_day_comes_at_ones_hour_in_ones_language_and_only_with_news(
    company: Company, now: FrozenClock
) -> None:
    User.objects.exclude(pk=company.ben.pk).update(is_active=False)
    User.objects.filter(pk=company.ben.pk).update(language="de", zone="America/New_York")
    choose_ways(actor=viewer_of(company.ben), ways={"mentioned": ["mail"]}, hour=8)
    add_activity(actor=viewer_of(company.anna), about=company.person, text="@Ben, bitte")
    sent = [digest.send_digests(actor=SYSTEM)]  # 7:00 in New York
    now.advance(hours=1)
    sent += [digest.send_digests(actor=SYSTEM), digest.send_digests(actor=SYSTEM)]
    now.advance(days=1)
    sent.append(digest.send_digests(actor=SYSTEM))  # nothing new since
    assert sent == [0, 1, 0, 0]
    (one,) = mail.outbox
    assert one.to == [company.ben.email]
    assert one.subject == "1 Neuigkeit in Kundenkreis"
    assert "Anna hat Sie erwähnt" in one.body
    assert "/crm/activities/" in one.body


def test_what_was_read_is_not_mailed(company: Company, now: FrozenClock) -> None:
    add_activity(actor=viewer_of(company.anna), about=company.person, text="@Ben, bitte")
    read_notice(actor=viewer_of(company.ben), notice_id=Notice.objects.get().pk)
    digest.send_digests(actor=SYSTEM)
    assert mail.outbox == []


def test_control_nobody_reads_the_notices_of_others(company: Company, now: FrozenClock) -> None:
    add_activity(actor=viewer_of(company.anna), about=company.person, text="@Ben, bitte")
    read_notice(actor=viewer_of(company.carla), notice_id=Notice.objects.get().pk)
    assert Notice.objects.get().read_at is None
    assert unread(viewer_of(company.anna)) == 0


def test_the_inbox_has_pages(
    company: Company, now: FrozenClock, ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    for number in range(5):
        now.advance(minutes=1)
        add_activity(actor=viewer_of(company.anna), about=company.person, text=f"@Ben {number}!")
    seen, before = [], None
    for _ in range(4):
        items, before = inbox.inbox(viewer_of(company.ben), before)
        seen += [item.text[5] for item in items]
        if before is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    assert ben.get("/inbox/?before=nonsense").status_code == 200
    assert timedelta(0) < now.instant - items[-1].at
