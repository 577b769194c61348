"""The complete export on the pages, from the person to the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.protection.models import Disclosure
from kundenkreis.dossier import jobs
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_from_the_persons_page_to_the_file(anna: Client, company: Company) -> None:
    page = f"/crm/persons/{company.person.pk}/"
    assert f"{page}disclose/" in anna.get(page).content.decode()
    assert anna.get(f"{page}disclose/").status_code == 200
    assert anna.post(f"{page}disclose/", {"request": "²"}).status_code == 302
    made = Disclosure.objects.get()
    url = f"/crm/disclosures/{made.pk}/"
    assert "The worker is at it" in anna.get(url).content.decode()
    jobs.collect_person.func(made.pk)
    assert "Make the files" in anna.get(url).content.decode()
    assert anna.post(f"{url}approve/").status_code == 302
    jobs.make_disclosure.func(made.pk)
    assert "shown once" in anna.get(url).content.decode()
    answer = anna.post(f"{url}encrypt/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert 'class="password"' in answer.content.decode()
    assert 'class="password"' not in anna.get(url).content.decode()
    file = anna.post(f"{url}file/")
    assert file["Content-Type"] == "application/zip"
    assert b"".join(file.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert anna.get(f"{url}file/").status_code == 405  # no GET counts as a download
    assert anna.post(f"{url}encrypt/").status_code in (409, 422)


def test_others_neither_see_nor_take_it(
    anna: Client, company: Company, logged_in: Callable[[User], Client], carla: Client
) -> None:
    anna.post(f"/crm/persons/{company.person.pk}/disclose/")
    made = Disclosure.objects.get()
    for client in (logged_in(company.ben), carla):
        assert client.get(f"/crm/persons/{company.person.pk}/disclose/").status_code in (403, 404)
        for step in ("approve", "encrypt", "file"):
            assert client.post(f"/crm/disclosures/{made.pk}/{step}/").status_code in (403, 404)
