"""Erasing somebody on the pages: what would go is shown, the name is asked for, the worker does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.protection.models import Erasure
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.testing import BOTH
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)


def test_what_would_go_is_shown_and_the_name_is_asked_for(anna: Client, company: Company) -> None:
    url = f"/crm/persons/{company.person.pk}/erase/"
    assert url in anna.get(f"/crm/persons/{company.person.pk}/").content.decode()
    shown = anna.get(url).content.decode()
    assert "Affiliations" in shown or "Contact details" in shown
    wrong = anna.post(url, {"typed": "Somebody Else"})
    assert wrong.status_code == 422
    assert "not the name" in wrong.content.decode()
    assert not Erasure.objects.exists()
    done = anna.post(url, {"typed": "jana weiß"})
    made = Erasure.objects.get()
    assert done.url == f"/crm/erasures/{made.pk}/"  # type: ignore[attr-defined]
    assert Job.objects.using("default").filter(unique=f"erase|{made.pk}").count() == 1
    assert "The worker is erasing" in anna.get(done.url).content.decode()  # type: ignore[attr-defined]
    assert anna.get("/crm/erasures/").status_code == 200


def test_whoever_may_do_everything_with_customers_may_not_erase_them(
    logged_in: Callable[[User], Client], carla: Client, company: Company
) -> None:
    url = f"/crm/persons/{company.person.pk}/erase/"
    ben = logged_in(company.ben)
    assert ben.get(url).status_code == 403
    assert ben.post(url, {"typed": "Jana Weiß"}).status_code == 403
    assert url not in ben.get(f"/crm/persons/{company.person.pk}/").content.decode()
    assert carla.get(url).status_code in (403, 404)
    assert not Erasure.objects.exists()
