"""Following records, and the inbox that tells of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import clock
from kundenkreis.kernel.clock import FrozenClock
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import named, write
from kundenkreis.records.models import Mark
from kundenkreis.records.page import marks
from kundenkreis.web.crm.tests.conftest import Company
from kundenkreis.web.shell import inbox
from kundenkreis.web.shell.inbox import unread

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def now(company: Company) -> FrozenClock:
    with clock.freeze("2030-03-01T12:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def ben(company: Company, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(company.ben)


def test_a_follower_reads_what_others_changed_and_wrote_since_then_and_not_what_they_did(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    kind, pk = named("person"), company.person.pk
    annas, bens = viewer_of(company.anna), viewer_of(company.ben)
    write.change(kind, annas, pk, None, {"source": "Messe"})  # before
    now.advance(minutes=1)
    marks.toggle(kind, bens, pk, Mark.What.FOLLOW)
    now.advance(minutes=1)
    assert unread(bens) == 0
    write.change(kind, annas, pk, None, {"last_name": "Kern"})
    write.change(kind, bens, pk, None, {"first_name": "Janina"})
    add_activity(actor=annas, about=company.person, text="Ruft zurück")
    add_activity(actor=bens, about=company.person, text="Meine Notiz")
    page = ben.get("/inbox/").text
    assert "Janina Kern: Changed by Anna" in page
    assert "Last name" in page
    assert "Ruft zurück" in page
    for unknown in ("Source", "First name", "Meine Notiz"):
        assert unknown not in page.split('id="page"')[1].split("</main>")[0]
    assert unread(bens) == 2
    now.advance(minutes=1)
    ben.post("/inbox/read/")
    assert unread(bens) == 0
    assert 'class="news unread"' not in ben.get("/inbox/").text


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
    page = ben.get("/inbox/").text
    assert "Anna gave you a task" in page
    assert "Anna mentioned you" in page
    own = ben.get("/own/").text
    assert 'id="badge-inbox" hx-swap-oob="true">2<' in own
    assert 'id="badge-tasks" hx-swap-oob="true">1<' in own


def test_the_inbox_tells_nothing_of_what_may_no_longer_be_read(
    company: Company, now: FrozenClock, ben: Client
) -> None:
    kind, pk, bens = named("person"), company.person.pk, viewer_of(company.ben)
    marks.toggle(kind, bens, pk, Mark.What.FOLLOW)
    now.advance(minutes=1)
    write.change(kind, viewer_of(company.anna), pk, None, {"last_name": "Geheim"})
    add_activity(actor=viewer_of(company.anna), about=company.person, text="@Ben geheim")
    assert "eheim" in ben.get("/inbox/").text
    Role.objects.filter(slug="sales").update(grants={"crm.activity.read": "all"})
    assert "eheim" not in ben.get("/inbox/").text
    Role.objects.filter(slug="sales").update(
        grants={"crm.person.read": "all"}, fields={"crm.person": {"last_name": "hidden"}}
    )
    assert "Last name" not in ben.get("/inbox/").text


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
