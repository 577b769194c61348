"""A record can be given only to somebody who may open records of its type."""

from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.people.records import ORGANISATION
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.records import acting, jobs, write
from kundenkreis.records.bulk import commands as bulk
from kundenkreis.records.bulk.changes import Change
from kundenkreis.records.exchange.cleaning import Cleaner
from kundenkreis.records.exchange.notation import Notation
from kundenkreis.records.exchange.reading import Row as FileRow
from kundenkreis.records.exchange.related import Related
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.lists.cellwriting import Cell, Row, write_cells
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.page import sharing
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

WHY = (
    "Carla cannot be given this record. None of the roles of Carla allows seeing organisations. "
    "Choose somebody else, or ask your administrator to give them another role."
)


def owner(company: Company) -> int | None:
    company.firm.refresh_from_db()
    return company.firm.owner_id


def test_nobody_is_given_what_they_could_not_open(company: Company) -> None:
    anna = viewer_of(company.anna)
    with pytest.raises(DomainError, match="None of the roles of Carla") as refused:
        write.change(ORGANISATION, anna, company.firm.pk, None, {"owner_id": company.carla.pk})
    assert (str(refused.value), refused.value.field) == (WHY, "owner_id")
    with pytest.raises(DomainError, match="None of the roles of Carla"):
        write.create(ORGANISATION, anna, {"name": "Neu", "owner_id": company.carla.pk})
    assert owner(company) is None
    assert not Organisation.objects.filter(name="Neu").exists()
    write.change(ORGANISATION, anna, company.firm.pk, None, {"owner_id": company.ben.pk})
    assert owner(company) == company.ben.pk


def test_the_product_itself_goes_on(company: Company) -> None:
    write.create(ORGANISATION, SYSTEM, {"name": "Neu", "owner_id": company.carla.pk})


def test_pickers_offer_only_those_who_may_open_it(company: Company) -> None:
    form = RecordForm(ORGANISATION, viewer_of(company.anna), ["owner_id"])
    assert [label for _value, label in form.fields["owner_id"].choices] == ["–", "Anna", "Ben"]  # type: ignore[attr-defined]
    whom = sharing.choices(ORGANISATION, viewer_of(company.anna), "owner_id")
    assert [name for _pk, name in whom] == ["Anna", "Ben"]


def test_an_owner_who_could_open_it_once_stays_in_the_form(company: Company) -> None:
    write.change(ORGANISATION, SYSTEM, company.firm.pk, None, {"owner_id": company.carla.pk})
    anna = viewer_of(company.anna)
    data = {"owner_id": str(company.carla.pk), "name": "Anders"}
    company.firm.refresh_from_db()
    form = RecordForm(ORGANISATION, anna, ["owner_id", "name"], data, record=company.firm)
    assert form.is_valid(), form.errors
    write.change(ORGANISATION, anna, company.firm.pk, None, form.cleaned_data)
    assert owner(company) == company.carla.pk


def test_a_form_that_is_sent_all_the_same_says_why(company: Company, anna: Client) -> None:
    address = f"/crm/organisations/{company.firm.pk}/edit/owner_id/"
    answer = anna.post(address, {"owner_id": company.carla.pk, "seen": ""})
    assert answer.status_code == 422
    assert WHY in answer.text


@pytest.mark.parametrize("chosen", [False, True])
def test_a_cell_says_why(company: Company, chosen: bool) -> None:
    text = str(company.carla.pk) if chosen else "carla"
    row = Row(company.firm.pk, {"owner_id": Cell(text, "", chosen)})
    written = write_cells(ORGANISATION, viewer_of(company.anna), [row])
    assert written.failed == {company.firm.pk: {"owner_id": WHY}}


def test_a_file_says_why(company: Company) -> None:
    anna = viewer_of(company.anna)
    cleaner = Cleaner(ORGANISATION, anna, ["name", "owner_id"], Notation(), {}, Related(anna))
    (row,) = cleaner.clean([FileRow(1, 2, ["Neu", "Carla"])])
    assert row.wrong == {"owner_id": WHY}


def test_many_are_refused_before_anything_is_begun(company: Company) -> None:
    change = Change({"owner_id": company.carla.pk})
    with pytest.raises(DomainError, match="None of the roles of Carla"):
        bulk.begin(
            ORGANISATION, viewer_of(company.anna), change, Selection(query=""), jobs.go_on_with_bulk
        )


def test_nothing_is_shared_with_somebody_who_could_not_open_it(company: Company) -> None:
    with pytest.raises(DomainError, match="None of the roles of Carla") as refused:
        sharing.share(
            ORGANISATION, viewer_of(company.anna), company.firm.pk, level="read",
            user_id=company.carla.pk,
        )  # fmt: skip
    assert refused.value.field == "whom"


def test_who_gets_the_role_can_be_given_it(company: Company) -> None:
    carla = User.objects.get(pk=company.carla.pk)
    carla.roles.set(company.ben.roles.all())
    anna = acting.viewer(company.anna.pk)
    write.change(ORGANISATION, anna, company.firm.pk, None, {"owner_id": carla.pk})
    assert owner(company) == carla.pk


def test_a_refusal_names_whom_to_ask(company: Company, carla: Client) -> None:
    page = carla.get("/crm/organisations/")
    assert page.status_code == 403
    assert "You may not see organisations." in page.text
    assert "Administrators: Anna." in page.text
    toast = carla.get("/crm/organisations/", headers={"HX-Request": "true"})["HX-Trigger"]
    assert "Administrators: Anna." in toast
