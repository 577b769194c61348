"""Roles of an installation made earlier get the rights that came since, and keep what was decided."""

from __future__ import annotations

import pytest

from kundenkreis.crm.accounts import commands
from kundenkreis.crm.accounts.models import Role
from kundenkreis.kernel import audit
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM

pytestmark = pytest.mark.django_db


def earlier(**values: object) -> Role:
    """The role of an installation from before data protection."""
    commands.create_shipped_roles(actor=SYSTEM)
    first = {"*.*.read": "all", "*.*.export": "all", "crm.person.change": "all"}
    Role.objects.filter(slug="dpo").update(**{"grants": first, "shipped": sorted(first)} | values)
    return Role.objects.get(slug="dpo")


def upgraded() -> Role:
    commands.create_shipped_roles(actor=SYSTEM)
    return Role.objects.get(slug="dpo")


def test_an_earlier_role_gets_the_rights_that_came_since_once_and_audited() -> None:
    found = earlier()
    assert "crm.erasure.*" not in found.grants
    after = upgraded()
    assert after.grants["crm.erasure.*"] == "all"
    assert after.grants["crm.restriction.*"] == "all"
    changes = audit.latest(Side.CRM, f"crm.role:{found.pk}", 9)
    assert changes[0].change.fields["grants"][0] == found.grants
    assert upgraded().grants == after.grants
    assert len(audit.latest(Side.CRM, f"crm.role:{found.pk}", 9)) == len(changes)


def test_what_an_administrator_took_or_set_otherwise_stays_so() -> None:
    earlier(grants={"*.*.read": "all", "crm.erasure.*": "own"})
    after = upgraded()
    assert "crm.person.change" not in after.grants  # shipped once, taken since
    assert after.grants["crm.erasure.*"] == "own"
    Role.objects.filter(slug="dpo").update(grants={"*.*.read": "all"})
    assert upgraded().grants == {"*.*.read": "all"}
