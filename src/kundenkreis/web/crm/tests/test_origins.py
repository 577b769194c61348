"""Every value of a record page says where it comes from and how old it is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.kernel import clock
from kundenkreis.records import named, write
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=["default", "engage"])


def _origins(page: str) -> dict[str, str]:
    """The words about the origin of each fact, by its label."""
    facts = re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    found = {}
    for label, value in facts:
        told = re.search(r'<small class="origin( old)?">([^<]*)</small>', value)
        if told:
            found[label] = f"{told[2]}{told[1] or ''}"
    return found


def test_a_value_names_who_entered_it_when_and_by_what(company: Company, anna: Client) -> None:
    actor = viewer_of(company.anna).through("import")
    write.change(named("person"), actor, company.person.pk, None, {"profession": "Optikerin"})
    page = anna.get(f"/crm/persons/{company.person.pk}/").content.decode()
    told = _origins(page)
    assert "by an import" in told["Profession"]
    assert told["Profession"].startswith("Anna · ")
    assert "Last name" in told
    # What is not known says nothing of where it comes from.
    assert "Date of birth" not in told


def test_what_nobody_has_touched_for_a_year_is_marked(
    company: Company, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = anna.get(f"/crm/persons/{company.person.pk}/").content.decode()
    assert not any(text.endswith(" old") for text in _origins(page).values())
    later = clock.now().replace(year=clock.now().year + 2)
    monkeypatch.setattr("kundenkreis.records.page.facts.clock.now", lambda: later)
    page = anna.get(f"/crm/persons/{company.person.pk}/").content.decode()
    assert _origins(page)["Last name"].endswith(" old")
