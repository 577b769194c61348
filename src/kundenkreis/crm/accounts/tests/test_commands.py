from __future__ import annotations

import json

import pytest

from kundenkreis.crm.accounts import commands
from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.kernel import store
from kundenkreis.kernel.models import AuditChange, AuditEntry
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)


@pytest.fixture
def hanna() -> User:
    commands.create_shipped_roles(actor=ANNA)
    team = commands.create_team(actor=ANNA, name="Vertrieb")
    return commands.create_user(
        actor=ANNA,
        email="hanna@example.org",
        name="Hanna Seidel",
        password="drei bunte Vögel",
        roles=["administrator"],
        teams=[team],
    )


def audited(user: User) -> list[dict[str, list[object]]]:
    entries = AuditEntry.objects.using("default").filter(target=reference(user)).order_by("id")
    return [entry.change.fields for entry in entries.select_related("change")]


def test_granting_a_role_leaves_an_audit_row(hanna: User) -> None:
    administrator = Role.objects.get(slug="administrator")
    team = hanna.teams.get()
    assert list(hanna.roles.all()) == [administrator]
    assert audited(hanna)[1:] == [{"roles": [[], [administrator.pk]], "teams": [[], [team.pk]]}]


def test_taking_a_role_away_leaves_one_too_and_repeating_it_none(hanna: User) -> None:
    with store.group(Side.CRM, "test"):
        assert store.assign(ANNA, hanna, roles=[])
        assert not store.assign(ANNA, hanna, roles=[], teams=hanna.teams.all())
    assert not hanna.roles.exists()
    assert audited(hanna)[2:] == [{"roles": [[Role.objects.get(slug="administrator").pk], []]}]


def test_the_audit_says_that_a_password_changed_but_never_what_it_is(hanna: User) -> None:
    with store.group(Side.CRM, "test"):
        locked = store.lock(User, hanna.pk)
        assert store.change(ANNA, locked, password="md5$another", name="Hanna S.")
        store.assign(ANNA, locked, roles=[], teams=[])
        store.remove(ANNA, locked)
    passwords = [fields["password"] for fields in audited(hanna) if "password" in fields]
    assert passwords == [[None, "•••"], ["•••", "•••"], ["•••", None]]
    kept = json.dumps(list(AuditChange.objects.using("default").values_list("fields", flat=True)))
    assert "md5$" not in kept
    assert "Hanna S." in kept  # control: what is no secret is kept
