"""Favourites, followed records, and those looked at lately."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import Role, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people import commands as people
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.models import Mark
from kundenkreis.records.page import marks
from kundenkreis.records.past import undo
from kundenkreis.records.past.history import undo_url
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

HTMX = {"HX-Request": "true"}


def test_a_star_is_ones_own_and_shows_in_the_navigation(
    company: Company, anna: Client, logged_in: Callable[[User], Client]
) -> None:
    address = f"/crm/persons/{company.person.pk}/star/"
    assert 'aria-pressed="true"' in anna.post(address, headers=HTMX).text
    assert "Jana Weiß" in anna.get("/own/").text
    assert 'id="star" aria-pressed="true"' in anna.get(f"/crm/persons/{company.person.pk}/").text
    assert "Jana" not in logged_in(company.ben).get("/own/").text
    assert 'aria-pressed="false"' in anna.post(address, headers=HTMX).text
    assert "Jana" not in anna.get("/own/").text


def test_what_may_not_be_read_any_more_is_no_favourite(
    company: Company, logged_in: Callable[[User], Client]
) -> None:
    ben = logged_in(company.ben)
    ben.post(f"/crm/persons/{company.person.pk}/star/", headers=HTMX)
    Role.objects.filter(slug="sales").update(grants={"crm.person.read": "own"})
    assert "Jana" not in ben.get("/own/").text
    assert ben.post(f"/crm/persons/{company.person.pk}/follow/", headers=HTMX).status_code == 404
    assert not Mark.objects.using("default").filter(what="follow").exists()


def test_only_the_latest_records_looked_at_are_remembered(
    company: Company, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(marks.MOST, Mark.What.SEEN, 3)
    viewer = viewer_of(company.anna)
    with clock.freeze("2026-11-21T12:00:00Z") as now:
        for number in range(5):
            firm = people.create_organisation(actor=SYSTEM, name=f"Firma {number}")
            assert anna.post(f"/crm/organisations/{firm.pk}/seen/").status_code == 204
            now.advance(minutes=1)
        anna.post(f"/crm/organisations/{firm.pk - 1}/seen/")
    found = [str(record) for _kind, record, _mark in marks.marked(viewer, Mark.What.SEEN, 10)]
    assert found == ["Firma 3", "Firma 4", "Firma 2"]
    assert Mark.objects.using("default").count() == 3


def test_marks_go_into_the_bin_with_a_record_and_come_back_with_it(
    company: Company, anna: Client
) -> None:
    viewer, kind, pk = viewer_of(company.anna), named("person"), company.person.pk
    marks.toggle(kind, viewer, pk, Mark.What.STAR)
    write.remove(kind, viewer, pk)
    assert not Mark.objects.using("default").exists()
    undo.undo(viewer, Side.CRM, undo_url(kind, company.person).split("/")[-2])
    assert marks.marks_of(kind, viewer, pk) == {"star"}


def test_a_mark_does_not_keep_a_creation_from_being_taken_back(company: Company) -> None:
    viewer, kind = viewer_of(company.anna), named("organisation")
    made = write.create(kind, viewer, {"name": "Kurz"})
    marks.looked_at(kind, viewer, made.pk)
    undo.undo(viewer, Side.CRM, undo_url(kind, made).split("/")[-2])
    assert not kind.rows(viewer).filter(pk=made.pk).exists()
    assert not store.stored(Side.CRM, Mark).exists()


def test_there_is_an_end_to_favourites(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(marks.MOST, Mark.What.STAR, 0)
    with pytest.raises(marks.DomainError):
        marks.toggle(named("person"), viewer_of(company.anna), company.person.pk, Mark.What.STAR)
