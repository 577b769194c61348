"""A restore lets nobody in whom somebody has shut out since the backup."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import check_password

from kundenkreis.config import backups, restoring
from kundenkreis.crm.accounts import (
    commands as accounts,
)
from kundenkreis.crm.accounts import (
    factor_commands,
    leaving_commands,
    letting_in,
    revocations,
    staff_commands,
    token_commands,
)
from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.accounts.queries import today, viewer_of
from kundenkreis.crm.accounts.token_queries import token_of
from kundenkreis.dossier.tests.people import word
from kundenkreis.kernel import journal, store
from kundenkreis.kernel.backup import keys
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from tests.operation.test_restore import destroy

pytestmark = [
    pytest.mark.django_db(databases=BOTH, transaction=True),
    pytest.mark.usefixtures("own_journal"),
]


def test_what_was_taken_from_staff_stays_taken(tmp_path: Path, key: keys.Key) -> None:
    """S16: neither a backup nor who kept an old password, phone or token lets anybody in."""
    all_ = Role.objects.create(slug="chef", label={"de": "Chef"}, grants={"*.*.*": "all"})
    chief = viewer_of(
        accounts.create_user(
            actor=SYSTEM, email="chief@example.org", name="Chief", roles=[all_.slug]
        )
    )
    office, other = (Role.objects.create(slug=one, label={"de": one}) for one in ("buero", "zwei"))
    gone, ben, mike = (
        accounts.create_user(
            actor=SYSTEM, email=f"{word(name)}@example.org", name=name, password="the old one",
            roles=[office.slug, other.slug],
        )
        for name in ("gone", "ben", "mike")
    )  # fmt: skip
    team = accounts.create_team(actor=SYSTEM, name="Key accounts")
    ben.teams.add(team)
    Authenticator.objects.create(user=mike, type="totp", data={"secret": "lost"})
    SocialAccount.objects.create(user=mike, provider="company", uid="old")
    keys_ = [
        token_commands.create_token(
            actor=viewer_of(ben), name=name, scopes={"*": "read"}, until=today()
        )
        for name in ("stays", "ends")
    ]

    def good() -> dict[str, bool]:
        now = {user.pk: User.objects.get(pk=user.pk) for user in (gone, ben, mike)}
        return {
            "who left": now[gone.pk].is_active,
            "a role": other in now[ben.pk].roles.all(),
            "a team": team in now[ben.pk].teams.all(),
            "a last day": now[ben.pk].until is None,
            "a password": check_password("the old one", now[ben.pk].password),
            "an address": now[mike.pk].email == mike.email,
            "a provider": SocialAccount.objects.exists(),
            "a phone": Authenticator.objects.exists(),
            "a token": token_of(keys_[1][1]) is not None,
        }

    assert set(good().values()) == {True}
    path = backups.take(tmp_path / "backup.age", key)
    leaving_commands.let_leave(actor=chief, user_id=gone.pk, successor_id=ben.pk)
    staff_commands.change_access(
        actor=chief, user_id=ben.pk, roles=[office.pk], teams=[], is_active=True,
        until=today() + timedelta(days=9),
    )  # fmt: skip
    link = letting_in.RESET.make_token(User.objects.get(pk=ben.pk))
    staff_commands.reset_password(actor=SYSTEM, user_id=ben.pk, token=link, password="the new one")
    factor_commands.reset_factor(actor=chief, user_id=mike.pk)
    staff_commands.change_user(
        actor=chief, user_id=mike.pk, name="Mike", email="new@example.org", language="de"
    )
    token_commands.revoke_token(actor=viewer_of(ben), token_id=keys_[1][0].pk)
    assert set(good().values()) == {False}
    said = journal.path(Side.CRM).read_text()
    assert not [one for one in ("example.org", "md5", "argon", keys_[1][1]) if one in said]

    destroy()
    restoring.restore(path, key)
    assert set(good().values()) == {False}, good()
    ben.refresh_from_db()
    assert check_password("the new one", ben.password)
    assert office in ben.roles.all()
    assert token_of(keys_[0][1]) is not None  # what nobody took
    for side in Side:  # the control: without a journal all of it is back
        journal.path(side).unlink()
    restoring.restore(path, key, replace=True, without_journal=True)
    assert set(good().values()) == {True}


def test_an_address_that_went_from_one_to_another_shuts_out_neither() -> None:
    one, other = (
        accounts.create_user(actor=SYSTEM, email=f"{name}@example.org", name=name, roles=[])
        for name in ("info", "berta")
    )
    since = {one.pk: "anton@example.org", other.pk: "info@example.org"}
    with store.group(Side.CRM, "test"):
        for user in (one, other):
            user.email = since[user.pk]
            revocations.note_login(user)  # nothing of it is in the older state that is there now
    revocations.revoke_again(actor=SYSTEM)
    known = User.objects.filter(is_active=True)
    assert dict(known.values_list("pk", "email")) == since
    third = accounts.create_user(actor=SYSTEM, email="carl@example.org", name="Carl", roles=[])
    with store.group(Side.CRM, "test"):  # the control: an address that somebody else has
        third.email = "info@example.org"
        revocations.note_login(third)
    revocations.revoke_again(actor=SYSTEM)
    assert dict(known.values_list("pk", "email")) == since
