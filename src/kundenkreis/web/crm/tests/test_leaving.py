"""Somebody leaves: what was theirs is somebody else's, and they come in by no way any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.absence_commands import plan_absence
from kundenkreis.crm.accounts.models import Absence, ApiToken, Role, User
from kundenkreis.crm.accounts.queries import today, viewer_of
from kundenkreis.crm.accounts.token_commands import create_token
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.webhooks import commands as webhooks
from kundenkreis.crm.work import commands as work
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel import audit
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import AuditEntry, Share
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import handing_over, named
from kundenkreis.records.lists import saved_views
from kundenkreis.records.models import SavedView
from kundenkreis.records.page.sharing import share
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def mara(company: Company) -> User:
    """Who takes over."""
    return accounts.create_user(
        actor=SYSTEM, email="mara@example.org", name="Mara", roles=["sales"], language="en"
    )


@pytest.fixture
def left_behind(company: Company, mara: User) -> dict[str, Any]:
    """All that is Ben's."""
    ben = viewer_of(company.ben)
    anna = viewer_of(company.anna)
    person = people.create_person(actor=SYSTEM, last_name="Kunz", owner_id=company.ben.pk)
    open_, done = (
        work.add_activity(
            actor=SYSTEM, kind="task", text=text, about=person, owner_id=company.ben.pk
        )
        for text in ("open", "done")
    )
    work.finish_task(actor=ben, activity_id=done.pk)
    share(named("person"), anna, company.person.pk, level="change", user_id=company.ben.pk)
    view = saved_views.save(named("person"), anna, {}, board=False, name="All", sharing="public")
    SavedView.objects.using("default").filter(pk=view.pk).update(owner_id=company.ben.pk)
    create_token(actor=ben, name="Shop", scopes={"*": "read"}, until=today() + timedelta(days=30))
    plan_absence(
        actor=anna, user_id=company.anna.pk, deputy_id=company.ben.pk,
        starts_on=today(), ends_on=today() + timedelta(days=3),
    )  # fmt: skip
    return {"person": person, "open": open_, "done": done, "view": view}


def written() -> list[int]:
    """How much was ever written, and who may log in."""
    return [
        AuditEntry.objects.using("default").count(),
        User.objects.filter(is_active=True).count(),
    ]


def leave(client: Client, who: User, to: User) -> Any:
    return client.post(f"/crm/users/{who.pk}/leaving/", {"to": to.pk})


def test_it_shows_what_would_go_to_whom_and_what_would_end(
    company: Company, anna: Client, left_behind: dict[str, Any]
) -> None:
    page = anna.get(f"/crm/users/{company.ben.pk}/leaving/").text
    for text in (
        "Persons",
        "Activities",
        "Views that others use",
        "API tokens",
        "Stands in for Anna",
    ):
        assert text in page
    assert User.objects.get(pk=company.ben.pk).is_active


def test_what_was_theirs_is_somebody_elses_and_history_still_names_them(
    company: Company, anna: Client, mara: User, left_behind: dict[str, Any]
) -> None:
    assert leave(anna, company.ben, mara).status_code == 302
    assert Person.objects.get(pk=left_behind["person"].pk).owner_id == mara.pk
    assert Activity.objects.get(pk=left_behind["open"].pk).owner_id == mara.pk
    assert Activity.objects.get(pk=left_behind["done"].pk).owner_id == company.ben.pk
    assert SavedView.objects.using("default").get(pk=left_behind["view"].pk).owner_id == mara.pk
    assert Share.objects.using("default").get(row=company.person.pk).user_id == mara.pk
    assert Absence.objects.get(user=company.anna).deputy == mara
    told = anna.get(f"/crm/activities/{left_behind['done'].pk}/history/").text
    assert str(company.ben) in told
    assert handing_over.holdings(viewer_of(company.anna), company.ben.pk) == []


def test_they_come_in_by_no_way_any_more(
    company: Company,
    anna: Client,
    mara: User,
    left_behind: dict[str, Any],
    logged_in: Callable[[User], Client],
) -> None:
    ben = logged_in(company.ben)
    assert ben.get("/").status_code == 200
    kept = [
        Authenticator.objects.create(user=company.ben, type="totp", data={"secret": "x"}),
        SocialAccount.objects.create(user=company.ben, provider="company", uid="ben"),
        EmailAddress.objects.create(user=company.ben, email=company.ben.email),
    ]
    leave(anna, company.ben, mara)
    assert ben.get("/").status_code == 302
    assert ApiToken.objects.get(user=company.ben).revoked_at is not None
    assert not User.objects.get(pk=company.ben.pk).is_active
    assert not User.objects.get(pk=company.ben.pk).has_usable_password()
    assert not [one for one in kept if type(one).objects.filter(pk=one.pk).exists()]


def test_webhooks_go_to_whom_may_look_after_them_and_else_stop(
    company: Company, anna: Client, mara: User, left_behind: dict[str, Any]
) -> None:
    may = Role.objects.create(
        slug="hooks", label={"de": "x"}, grants={"crm.webhook.*": "all", "*.*.read": "all"}
    )
    company.ben.roles.add(may)
    hook, _secret = webhooks.add_webhook(
        actor=viewer_of(company.ben), name="ERP", address="https://erp.example.org/in"
    )
    page = anna.get(f"/crm/users/{company.ben.pk}/leaving/").text
    assert "Webhook ERP" in page
    assert "https://erp.example.org/in" in page
    assert "Webhooks in their name stop" in leave_and_read(anna, company.ben, mara)
    hook.refresh_from_db()
    assert hook.owner_id == company.ben.pk
    mara.roles.add(may)
    hook.stopped = hook.Stopped.NOBODY
    hook.save()
    assert "Webhooks in their name stop" not in leave_and_read(anna, company.ben, mara)
    hook.refresh_from_db()
    assert (hook.owner_id, hook.stopped) == (mara.pk, "")


def test_nobody_has_receivers_told_what_only_somebody_else_may_read(
    company: Company, mara: User
) -> None:
    """Else a receiver of one's own, named by an account one has let in, would be told it."""
    hook, _secret = webhooks.add_webhook(
        actor=viewer_of(company.anna), name="ERP", address="https://erp.example.org/in"
    )
    grants = {"crm.webhook.*": Level.ALL, "crm.user.*": Level.ALL}
    planner = Viewer(name="Pia", user_id=mara.pk, grants=grants)
    with pytest.raises(DomainError, match="more rights than you have"):
        webhooks.hand_over(actor=planner, user_id=company.anna.pk, to=company.anna.pk)
    hook.refresh_from_db()
    assert hook.owner_id == company.anna.pk


def leave_and_read(client: Client, who: User, to: User) -> str:
    return client.get(leave(client, who, to)["Location"]).text


def test_it_can_be_taken_back_type_by_type(
    company: Company, anna: Client, mara: User, left_behind: dict[str, Any]
) -> None:
    leave(anna, company.ben, mara)
    entry = (
        AuditEntry.objects.using("default")
        .filter(target=f"crm.person:{left_behind['person'].pk}")
        .latest("pk")
    )
    assert audit.size(named("person").side, entry.batch) >= 1
    anna.post(f"/crm/persons/undo/{entry.batch}/")
    assert Person.objects.get(pk=left_behind["person"].pk).owner_id == company.ben.pk


def test_nothing_is_changed_where_whoever_takes_over_could_not_open_it(
    company: Company, anna: Client, left_behind: dict[str, Any]
) -> None:
    before = written()
    answer = leave(anna, company.ben, company.carla)
    assert answer.status_code == 422
    assert written() == before


@pytest.mark.parametrize("who", ["ben", "anna"])
def test_nobody_takes_over_from_themselves_or_shuts_themselves_out(
    company: Company, anna: Client, who: str
) -> None:
    before = written()
    assert leave(anna, getattr(company, who), company.ben).status_code == 422
    assert written() == before


def test_whoever_may_not_change_staff_lets_nobody_leave(
    company: Company, logged_in: Callable[[User], Client], mara: User
) -> None:
    before = written()
    assert leave(logged_in(mara), company.ben, mara).status_code == 403
    assert written() == before
