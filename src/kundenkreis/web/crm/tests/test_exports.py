"""Lists as files, over HTTP: at once or by the worker, and always written down."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.exchange import exporting
from kundenkreis.records.models import Transfer
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_a_short_list_is_the_answer_and_in_the_audit(company: Company, anna: Client) -> None:
    answer = anna.get("/crm/persons/export.xlsx")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))
    sheet = book.get_sheet_by_index(0)
    assert len(sheet.to_python()) == 2
    entry = AuditEntry.objects.using("default").select_related("change").latest("id")
    assert (entry.actor, entry.action) == (f"user:{company.anna.pk}", "create")
    assert entry.change.fields["kind"] == [None, "person"]
    assert entry.change.fields["total"] == [None, 1]


def test_a_long_list_is_made_by_the_worker(
    company: Company,
    anna: Client,
    logged_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ben = logged_in(company.ben)
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    for form in ("csv", "xlsx"):
        asked = f"/crm/persons/export.{form}"
        assert "Prepare the file" in anna.get(asked).text
        page = anna.post(asked)["Location"]
        assert anna.get(f"{page}file/").status_code == 404  # not yet
        while runner.run_due(Side.CRM):
            pass
        assert f"{page}file/" in anna.get(page).text
        answer = anna.get(f"{page}file/")
        assert b"".join(answer).startswith(b"\xef\xbb\xbf" if form == "csv" else b"PK")
        assert ben.get(page).status_code == ben.get(f"{page}file/").status_code == 404
    states = Transfer.objects.using("default").values_list("state", "counts")
    assert {state for state, _ in states} == {"done"}
