"""Nobody sees personal data before they have undertaken confidentiality, through whatever they come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts import token_commands, undertaking_commands
from kundenkreis.crm.accounts.models import Undertaking, User
from kundenkreis.crm.accounts.queries import viewer_by_id, viewer_of
from kundenkreis.crm.accounts.token_queries import token_of, viewer_by_token
from kundenkreis.crm.accounts.undertaking_text import SHIPPED
from kundenkreis.crm.people.queries import persons
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

Open = Callable[[User], Client]
PAGE = "/account/undertaking/"


@pytest.fixture
def ben(company: Company, logged_in: Open) -> Client:
    return logged_in(company.ben)


def publish(german: str = "") -> None:
    text = {**SHIPPED, "de": german or SHIPPED["de"]}
    undertaking_commands.publish_undertaking(actor=SYSTEM, text=text)


def test_without_a_text_nobody_is_asked(company: Company, ben: Client) -> None:
    assert "Jana Weiß" in ben.get("/crm/persons/").text
    assert ben.get(PAGE)["Location"] == "/"


def test_every_page_waits_for_the_undertaking(company: Company, ben: Client) -> None:
    publish()
    for path in (
        "/",
        "/crm/persons/",
        f"/crm/persons/{company.person.pk}/",
        "/inbox/",
        "/search/?q=j",
    ):
        assert ben.get(path)["Location"].partition("?")[0] == PAGE
    part = ben.get("/crm/persons/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, PAGE)
    assert ben.post(f"/crm/persons/{company.person.pk}/star/").status_code == 302
    shown = ben.get(PAGE).text
    assert "Art. 32(4) GDPR" in shown
    assert "Jana" not in shown
    evil = f"{PAGE}?next=//evil.example/"
    assert ben.post(evil, {"version": "1"})["Location"] == "/"
    assert "Jana Weiß" in ben.get("/crm/persons/").text
    assert Undertaking.objects.get().text.version == 1


def test_jobs_programs_and_every_other_way_wait_too(company: Company) -> None:
    _token, key = token_commands.create_token(
        actor=viewer_of(company.anna), name="Shop", until=_far(), scopes={"*": "read"}
    )
    found = token_of(key)
    assert found is not None
    assert persons(viewer_by_token(found)).exists()  # the control
    publish()
    by_job = viewer_by_id(company.anna.pk)
    assert by_job is not None
    for viewer in (viewer_of(company.anna), by_job, viewer_by_token(found)):
        assert not viewer.may("crm.person.read")
        assert not persons(viewer).exists()


def _far() -> object:
    from datetime import timedelta

    from kundenkreis.crm.accounts.queries import today

    return today() + timedelta(days=30)


def test_another_version_asks_anew(company: Company, ben: Client) -> None:
    publish()
    ben.post(PAGE, {"version": "1"})
    publish("Neuer Wortlaut.")
    assert ben.get("/crm/persons/")["Location"] == f"{PAGE}?next=/crm/persons/"
    assert ben.post(PAGE, {"version": "1"}).status_code == 409  # read before the new one came
    assert ben.get("/crm/persons/")["Location"] == f"{PAGE}?next=/crm/persons/"
    ben.post(PAGE, {"version": "2"})
    assert ben.get("/crm/persons/").status_code == 200
    assert [one.text.version for one in Undertaking.objects.order_by("at", "id")] == [1, 2]
    with pytest.raises(Conflict):
        undertaking_commands.undertake(actor=viewer_of(company.ben), version=7)
    with pytest.raises(DomainError):
        publish("Neuer Wortlaut.")


def test_the_list_says_who_has_undertaken_what_and_is_exported(
    company: Company, anna: Client, ben: Client, carla: Client
) -> None:
    publish()
    anna.post(PAGE, {"version": "1"})
    ben.post(PAGE, {"version": "1"})
    page = anna.get("/crm/confidentiality/").text
    assert "1 member of staff has not agreed" in page
    assert all(name in page for name in ("Anna", "Ben", "Carla"))
    file = anna.get("/crm/confidentiality/file/").content.decode("utf-8-sig").splitlines()
    assert len(file) == 3
    assert file[1].startswith("Anna,anna@example.org,1,")
    carla.post(PAGE, {"version": "1"})
    for path in ("", "file/", "text/"):
        assert carla.get(f"/crm/confidentiality/{path}").status_code == 403
    answer = anna.post("/crm/confidentiality/text/", {"de": "Kurz.", "en": "Short."})
    assert answer["Location"] == "/crm/confidentiality/"
    assert anna.get("/")["Location"] == PAGE


def test_nobody_undertakes_for_others(company: Company) -> None:
    publish()
    with pytest.raises(NotAllowed):
        undertaking_commands.publish_undertaking(actor=viewer_of(company.ben), text={})
    undertaking_commands.undertake(actor=viewer_of(company.ben), version=1)
    assert Undertaking.objects.get().user == company.ben
