"""The reference: pages of what somebody may do, and a document of all there is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kundenkreis.api.testing import Program
from kundenkreis.api.tests.conftest import Firm
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.registry import TYPES

ROOT = Path(__file__).parents[4]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.mark.django_db(databases=BOTH)
def test_every_type_has_a_page_and_an_example_that_works(
    firm: Firm, anna: Program, client: Any
) -> None:
    client.force_login(firm.anna, backend=BACKEND)
    overview = client.get("/developer/").text
    for kind in TYPES.values():
        assert f"/developer/{kind.slug}/" in overview
        page = client.get(f"/developer/{kind.slug}/")
        assert page.status_code == 200
        assert f"/api/v1/{kind.slug}" in page.text
    said = client.get("/developer/organisations/").context["example"]
    made = anna.send("POST", "organisations", json.loads(said))
    assert made.status_code == 201, made.text


@pytest.mark.django_db(databases=BOTH)
def test_it_shows_what_its_reader_may_do(firm: Firm, client: Any) -> None:
    client.force_login(firm.ben, backend=BACKEND)
    assert "-X DELETE" not in client.get("/developer/products/").text
    assert client.get("/developer/campaigns/").status_code == 403
    assert "/campaigns" not in client.get("/developer/openapi.json").text
    assert client.get("/developer/nothing/").status_code == 404


def test_the_document_is_that_of_this_version(tmp_path: Path) -> None:
    """`make messages` writes it anew."""
    done = subprocess.run(
        [sys.executable, "-m", "kundenkreis.config.main", "api"],
        env={"KUNDENKREIS_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == (ROOT / "docs" / "reference" / "api.md").read_text()
