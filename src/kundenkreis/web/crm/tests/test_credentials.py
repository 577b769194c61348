"""S16: whoever is deactivated is refused at once, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from kundenkreis.crm.accounts import letting_in, session_commands, staff_commands, token_commands
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import today, viewer_by_id, viewer_of
from kundenkreis.crm.accounts.token_queries import token_of
from kundenkreis.crm.webhooks.models import Message
from kundenkreis.crm.webhooks.sending import body_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

Open = Callable[[User], Client]
LINKS = (letting_in.INVITATION, letting_in.RESET)


def test_every_kind_of_credential_is_refused_after_deactivation(
    company: Company, logged_in: Open
) -> None:
    ben, session = company.ben, logged_in(company.ben)
    _token, key = token_commands.create_token(
        actor=viewer_of(ben), name="Shop", until=today() + timedelta(days=9), scopes={"*": "read"}
    )
    links = [
        (tokens, tokens.make_token(ben)) for tokens in (letting_in.INVITATION, letting_in.RESET)
    ]

    def good() -> list[bool]:
        user = User.objects.get(pk=ben.pk)
        data = {"login": user.email, "password": "drei bunte Vögel"}
        return [
            session.get("/").status_code == 200,
            token_of(key) is not None,
            viewer_by_id(ben.pk) is not None,
            *(letting_in.good(user, *link) for link in links),
            Client().post("/account/login/", data)["Location"] == "/",
        ]

    assert good() == [True] * 6  # the control
    # The log-in has used the links up: new ones for what follows.
    user = User.objects.get(pk=ben.pk)
    links[:] = [(tokens, tokens.make_token(user)) for tokens, _token in links]
    staff_commands.change_access(
        actor=viewer_of(company.anna),
        user_id=ben.pk,
        roles=[],
        teams=[],
        is_active=False,
        until=None,
    )
    assert good() == [False] * 6


def made(company: Company, logged_in: Open) -> Callable[[], dict[str, bool]]:
    """Everything by which Ben, or something of his, comes in; asked anew each time."""
    ben, session = company.ben, logged_in(company.ben)
    _token, key = token_commands.create_token(
        actor=viewer_of(ben), name="Shop", until=today() + timedelta(days=9), scopes={"*": "read"}
    )
    user = User.objects.get(pk=ben.pk)
    links = {tokens.key_salt: (tokens, tokens.make_token(user)) for tokens in LINKS}
    program = Client(headers={"Authorization": f"Bearer {key}"})
    path = f"/crm/persons/{company.person.pk}/"
    message = Message(event="changed", target=f"crm.person:{company.person.pk}", at=clock.now())

    def good() -> dict[str, bool]:
        now = User.objects.get(pk=ben.pk)
        by_job = viewer_by_id(ben.pk)
        return {
            "session": session.get(path).status_code == 200,
            "token": program.get(f"/api/v1/persons/{company.person.pk}").status_code == 200,
            "job": by_job is not None and by_job.may("crm.person.read"),
            "webhook": by_job is not None and body_of(by_job, message) is not None,
            **{name: letting_in.good(now, *link) for name, link in links.items()},
            "password": check_password("drei bunte Vögel", now.password) and now.is_active,
        }

    return good


def test_s16_all_of_it_ends_with_the_account(
    company: Company, anna: Client, logged_in: Open
) -> None:
    good = made(company, logged_in)
    assert set(good().values()) == {True}  # the control
    anna.post(f"/crm/users/{company.ben.pk}/leaving/", {"to": company.anna.pk})
    assert set(good().values()) == {False}


def test_s16_a_role_that_is_taken_ends_what_it_gave_in_everything(
    company: Company, logged_in: Open
) -> None:
    good = made(company, logged_in)
    assert set(good().values()) == {True}
    staff_commands.change_access(
        actor=viewer_of(company.anna), user_id=company.ben.pk, roles=[], teams=[], is_active=True,
        until=None,
    )  # fmt: skip
    found = good()
    assert [name for name in ("session", "token", "job", "webhook") if found[name]] == []


def test_s16_another_password_ends_sessions_and_links(company: Company, logged_in: Open) -> None:
    """Tokens of programs go on: they know no password, and are revoked by themselves."""
    good = made(company, logged_in)
    assert set(good().values()) == {True}
    session_commands.change_password(
        actor=viewer_of(company.ben), old="drei bunte Vögel", new="vier graue Katzen", session=""
    )
    assert {name for name, still in good().items() if still} == {"token", "job", "webhook"}
