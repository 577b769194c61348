"""Whoever sees to accounts becomes nobody else by that, and reads no links that let others in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts import role_commands
from kundenkreis.crm.accounts.models import Company as OwnCompany
from kundenkreis.crm.accounts.models import Role, Session, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.accounts.staff_commands import change_user
from kundenkreis.kernel.mail import box
from kundenkreis.kernel.testing import ANNA, BOTH, SYSTEM
from kundenkreis.records import handing_over, jobs, named
from kundenkreis.records.fieldrights import may_restrict
from kundenkreis.records.page.sharing import share, shares_of
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

OFFICE = {"crm.user.*": "all", "crm.role.*": "all", "crm.operation.*": "all", "*.*.read": "all"}


@pytest.fixture
def olga(company: Company) -> User:
    """She sees to accounts and to the installation, is in no team, and may not do everything."""
    role = role_commands.create_role(actor=ANNA, label={"de": "Büro", "en": "Office"})
    role_commands.change_role(
        actor=ANNA, role_id=role.pk, label=role.label, grants=OFFICE, needs_end=False, fields={},
        known=may_restrict,
    )  # fmt: skip
    Role.objects.filter(slug="sales").update(grants={"crm.person.read": "all"})
    return accounts.create_user(
        actor=SYSTEM, email="olga@example.org", name="Olga", roles=[role.slug], language="en"
    )


@pytest.mark.parametrize("what", ["invite", "factor/reset", "leaving", "change"])
def test_nobody_acts_on_the_account_of_another_team(
    company: Company, olga: User, logged_in: Callable[[User], Client], what: str
) -> None:
    form = {"to": olga.pk, "name": "X", "email": "x@example.org", "language": "de"}
    answer = logged_in(olga).post(f"/crm/users/{company.ben.pk}/{what}/", form)
    assert answer.status_code == 422
    assert "This is not one of your teams." in answer.text
    company.ben.teams.clear()  # the control: without a team it is hers to do
    assert logged_in(olga).post(f"/crm/users/{company.ben.pk}/{what}/", form).status_code < 400


@pytest.mark.parametrize("what", ["invite", "factor/reset"])
def test_nobody_does_for_themselves_what_others_do_for_them(
    company: Company, anna: Client, what: str
) -> None:
    assert anna.post(f"/crm/users/{company.anna.pk}/{what}/").status_code == 422


def test_only_who_may_do_everything_says_whether_all_need_a_second_factor(
    company: Company, anna: Client, olga: User, logged_in: Callable[[User], Client]
) -> None:
    assert anna.post("/crm/roles/factor/", {"of_all": "on"}).status_code == 302
    OwnCompany.objects.update(needs_factor=False)
    assert logged_in(olga).post("/crm/roles/factor/", {"of_all": "on"}).status_code == 403
    assert not OwnCompany.objects.get().needs_factor


def test_another_address_ends_what_the_old_one_had(company: Company, anna: Client) -> None:
    client = Client()
    client.force_login(company.ben, backend="allauth.account.auth_backends.AuthenticationBackend")
    SocialAccount.objects.create(user=company.ben, provider="company", uid="old")
    actor = viewer_of(company.anna)
    same = {"actor": actor, "user_id": company.ben.pk, "name": "Benno", "language": "en"}
    change_user(email=company.ben.email, **same)
    assert Session.objects.filter(user=company.ben).exists()
    change_user(email="other@example.org", **same)
    assert not Session.objects.filter(user=company.ben).exists()
    assert not SocialAccount.objects.exists()


def test_what_a_mail_says_is_shown_to_who_may_let_anybody_in(
    company: Company,
    anna: Client,
    olga: User,
    logged_in: Callable[[User], Client],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MAIL_BOX = tmp_path / "mail"
    content = EmailMessage("Subject", "the link", to=["ben@example.org"]).message().as_bytes()
    box.put(settings.MAIL_BOX, content, sender="k@example.org", to=["ben@example.org"])
    assert "the link" in anna.get("/operation/outbox/").text
    page = logged_in(olga).get("/operation/outbox/").text
    assert "Subject" in page
    assert "the link" not in page


def test_a_share_that_one_could_not_give_goes_to_nobody(company: Company, olga: User) -> None:
    person = named("person")
    share(
        person, viewer_of(company.anna), company.person.pk, level="change", user_id=company.ben.pk
    )
    handing_over.hand_over(viewer_of(olga), company.ben.pk, olga.pk, jobs.go_on_with_bulk)
    assert [one.name for one in shares_of(person, company.person)] == ["Ben"]
    handing_over.hand_over(
        viewer_of(company.anna), company.ben.pk, company.anna.pk, jobs.go_on_with_bulk
    )
    assert [one.name for one in shares_of(person, company.person)] == ["Anna"]


def test_strangers_make_sessions_no_oftener_than_they_may_try_to_log_in(company: Company) -> None:
    cache.clear()
    asked = [
        Client().get("/account/factor/passkey/", headers={"Accept": "application/json"})
        for _ in range(22)
    ]
    assert [one.status_code for one in asked[:20]] == [200] * 20
    assert [one.status_code for one in asked[20:]] == [429, 429]
    cache.clear()
