"""The description says what a caller may know, and holds for what is answered."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.api.testing import Program, program
from kundenkreis.api.tests.conftest import Firm
from kundenkreis.crm.accounts.models import Role
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.registry import TYPES

pytestmark = pytest.mark.django_db(databases=BOTH)


def described(one: Program) -> dict[str, Any]:
    answer = one.get("openapi.json")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_type_is_described_and_every_reference_leads_somewhere(anna: Program) -> None:
    found = described(anna)
    assert {f"/{kind.slug}" for kind in TYPES.values()} <= found["paths"].keys()
    named = set(references(found))
    for one in named:
        at: Any = found
        for part in one.removeprefix("#/").split("/"):
            at = at[part]
    assert len(named) > len(TYPES)


def references(at: Any) -> list[str]:
    if isinstance(at, list):
        return [found for one in at for found in references(one)]
    if not isinstance(at, dict):
        return []
    own = [at["$ref"]] if isinstance(at.get("$ref"), str) else []
    return own + [found for one in at.values() for found in references(one)]


def test_s20_it_says_only_what_the_caller_may_know(firm: Firm, client: Any) -> None:
    assert client.get("/api/v1/openapi.json").status_code == 401
    Role.objects.filter(slug="sales").update(
        fields={"crm.organisation": {"industry": "hidden", "website": "locked"}}
    )
    found = described(program(firm.ben))
    schemas = found["components"]["schemas"]
    assert "/campaigns" not in found["paths"]
    assert "campaign" not in schemas
    assert "industry" not in schemas["organisation"]["properties"]
    assert "industry" not in str(found["paths"]["/organisations"])
    assert "website" in schemas["organisation"]["properties"]
    assert "website" not in schemas["organisation-change"]["properties"]
    assert "post" not in found["paths"]["/products"]
    reads = described(program(firm.ben, **{"crm.organisation": "read"}))
    assert set(reads["paths"]) == {
        "/organisations",
        "/organisations/{id}",
        "/organisations/{id}/history",
        "/organisations/{id}/timeline",
    }
    assert reads["paths"]["/organisations"].keys() == {"get"}
