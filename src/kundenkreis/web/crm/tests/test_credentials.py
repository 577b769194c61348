"""S16: whoever is deactivated is refused at once, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kundenkreis.crm.accounts import letting_in, staff_commands, token_commands
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import today, viewer_by_id, viewer_of
from kundenkreis.crm.accounts.token_queries import token_of
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

Open = Callable[[User], Client]


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
