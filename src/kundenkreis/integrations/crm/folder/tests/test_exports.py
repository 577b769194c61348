"""Export folders of other systems: what belongs together by its ids belongs together here."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.crm.sales.models import Opportunity, Product
from kundenkreis.crm.work.models import Activity
from kundenkreis.integrations.crm.folder import commands, review
from kundenkreis.integrations.crm.folder.tests.conftest import brought, carried, csv, settled
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.records.models import Transfer
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

SALESFORCE = {
    "Account.csv": csv(
        "Id,Name,ParentId,BillingStreet,BillingCity,BillingPostalCode,BillingCountry,Phone,Website,Industry,NumberOfEmployees",
        "001A000000aaaaaAAA,Uhlig Holding AG,,Am Markt 1,Jena,07743,Germany,03641 23125,,,",
        "001A000000bbbbbAAA,Feinmechanik Uhlig GmbH,001A000000aaaaaAAA,Weg 2,Jena,07743,Germany,,uhlig.example,Optik,\"1,200\"",
    ),
    "Contact.csv": csv(
        "Id,AccountId,LastName,FirstName,Salutation,Email,Phone,Title,Birthdate",
        "003A000000ccccc,001A000000bbbbb,Uhlig,Bernd,Herr Dr.,b.uhlig@uhlig.example,03641 2312540,CEO,1959-11-30",
        "003A000000ddddd,001A000000zzzzz,Lost,Linda,,linda@example.org,,,",
    ),
    "Lead.csv": csv(
        "Id,LastName,FirstName,Company,Email,Status,Rating,IsConverted",
        "00QA000000eeeee,Sommer,Anja,Praxis Sommer,anja@sommer.example,Open - Not Contacted,Hot,false",
        "00QA000000fffff,Uhlig,Bernd,Feinmechanik Uhlig GmbH,b.uhlig@uhlig.example,Closed,,true",
    ),
    "Opportunity.csv": csv(
        "Id,AccountId,Name,StageName,Amount,CloseDate,CreatedDate,IsWon,IsClosed",
        "006A000000ggggg,001A000000bbbbb,Messkopf,Negotiation,18400.50,2027-01-31,2026-10-01T08:00:00.000Z,false,false",
        "006A000000hhhhh,001A000000bbbbb,Prüfstand,Closed Won,5000,2026-03-31,2026-01-01T08:00:00.000Z,true,true",
        "006A000000iiiii,001A000000bbbbb,Linse,Closed Lost,700,2026-02-28,2026-01-01T08:00:00.000Z,false,true",
    ),
    "Product2.csv": csv("Id,Name,ProductCode,Family", "01tA000000jjjjj,Messkopf M1,MK-1,Optik"),
    "Task.csv": csv(
        "Id,WhoId,WhatId,Subject,ActivityDate,Status,IsClosed",
        "00TA000000kkkkk,003A000000ccccc,006A000000ggggg,Nachfassen,2026-12-15,Not Started,false",
        "00TA000000lllll,003A000000ccccc,,Katalog schicken,2026-01-15,Completed,true",
    ),
    "Note.csv": csv("Id,ParentId,Title,Body,CreatedDate", "002A000000mmmmm,001A000000bbbbb,Besuch,Will Muster,2026-05-04"),
    "Attachment.csv": csv("Id,ParentId,Name,ContentType", "00PA000000nnnnn,001A000000bbbbb,Plan.pdf,application/pdf"),
    "User.csv": csv("Id,Username,Name", "005A000000ooooo,anna@example.org,Anna"),
}  # fmt: skip
HUBSPOT = {
    "companies.csv": csv(
        "Record ID,Company name,Company Domain Name,Phone Number,City,Postal Code,Street Address",
        "501,Feinmechanik Uhlig GmbH,uhlig.example,,Jena,07743,Weg 2",
    ),
    "contacts.csv": csv(
        "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Associated Company IDs,Lifecycle Stage",
        "501,Bernd,Uhlig,b.uhlig@uhlig.example,03641 2312540,Geschäftsführer,501,Customer",
    ),
    "deals.csv": csv(
        "Record ID,Deal Name,Deal Stage,Amount,Close Date,Associated Company IDs,Associated Contact IDs",
        "501,Wartung,Appointment scheduled,1200,2027-02-01,501,501",
    ),
    "notes.csv": csv("Record ID,Note body,Activity date,Associated Contact IDs,Associated Deal IDs", "9,Rief an,2026-04-01,501,"),
    "tasks.csv": csv("Record ID,Task Title,Due Date,Task Status,Associated Contact IDs,Associated Deal IDs", "7,Angebot,2026-12-01,NOT_STARTED,,501"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def pipeline() -> None:
    ship_pipeline(actor=SYSTEM)


def test_a_salesforce_export_keeps_its_relations() -> None:
    transfer = carried(SALESFORCE)
    assert transfer.state == Transfer.State.DONE, transfer.problem
    firm = Organisation.objects.get(name="Feinmechanik Uhlig GmbH")
    assert firm.parent is not None
    assert firm.parent.name == "Uhlig Holding AG"
    assert (firm.employees, firm.website, firm.industry) == (1200, "https://uhlig.example", "Optik")
    bernd = Person.objects.get(last_name="Uhlig")
    assert [(role.organisation_id, role.function) for role in bernd.employments] == [
        (firm.pk, "CEO")
    ]
    assert (bernd.title, bernd.salutation, str(bernd.birth_date)) == ("Dr.", "Herr", "1959-11-30")
    deals = {one.title: one for one in Opportunity.objects.select_related("stage")}
    assert {title: one.stage.kind for title, one in deals.items()} == {
        "Messkopf": "open", "Prüfstand": "won", "Linse": "lost",
    }  # fmt: skip
    assert deals["Messkopf"].value_minor == 1840050
    assert deals["Messkopf"].expected_on == date(2027, 1, 31)
    assert deals["Prüfstand"].closed_on == date(2026, 3, 31)
    assert {one.organisation_id for one in deals.values()} == {firm.pk}
    assert Product.objects.get().sku == "MK-1"
    tasks = {one.text: one for one in Activity.objects.filter(kind="task")}
    task = tasks["Nachfassen"]
    assert (task.about_kind, task.about_row) == ("opportunity", deals["Messkopf"].pk)
    assert (task.person_id, task.due_on, task.is_done) == (bernd.pk, date(2026, 12, 15), False)
    assert tasks["Katalog schicken"].is_done
    note = Activity.objects.get(text__contains="Will Muster")
    assert note.organisation_id == firm.pk
    lead = Person.objects.get(last_name="Sommer")
    assert lead.employments[0].organisation.name == "Praxis Sommer"
    assert Activity.objects.filter(person=lead, text__contains="Hot").exists()
    left = {
        (one["file"], one["line"]) for one in review.problems(transfer, most=100) if one["line"]
    }
    # An account that is not there, a lead that was converted, a file that is attached.
    assert left == {("Contact.csv", 3), ("Lead.csv", 3), ("Attachment.csv", 2)}
    assert not undo(ANNA, commands.SIDE, transfer.batch).left
    for model in (Person, Organisation, Opportunity, Product, Activity):
        assert not model.objects.exists()


def test_a_hubspot_export_finds_whom_salesforce_brought() -> None:
    carried(SALESFORCE)
    before = Person.objects.count(), Organisation.objects.count()
    carried(HUBSPOT)
    assert (Person.objects.count(), Organisation.objects.count()) == before
    deal = Opportunity.objects.get(title="Wartung")
    # 501 is a company, a person and a deal: each id counts in its own type.
    assert deal.organisation is not None
    assert deal.organisation.name == "Feinmechanik Uhlig GmbH"
    assert deal.person is not None
    assert deal.person.last_name == "Uhlig"
    assert Activity.objects.get(text="Rief an").person_id == deal.person_id
    assert Activity.objects.get(text="Angebot").about_row == deal.pk
    again = carried(HUBSPOT)
    assert Opportunity.objects.filter(title="Wartung").count() == 1
    assert again.counts["done_unchanged"] >= 3


def test_a_folder_of_sales_data_is_read_by_names(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("maven-crm")
    files = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    lines = gzip.decompress((folder / "sales_pipeline.csv.gz").read_bytes()).splitlines()
    files["sales_pipeline.csv"] = b"\n".join(lines[:301])
    transfer = carried(files)
    assert Organisation.objects.count() == 85
    assert Product.objects.count() == 7
    assert Opportunity.objects.count() == 300
    assert Opportunity.objects.filter(product=None).count() == 0  # "GTXPro" is "GTX Pro"
    named = sum(bool(line.split(b",")[3]) for line in lines[1:301])
    assert Opportunity.objects.exclude(organisation=None).count() == named
    assert transfer.counts.get("done_failed", 0) == 0


def test_real_companies_are_read(shared_data: Callable[[str], Path]) -> None:
    packed = (shared_data("companies-stock-indices") / "companies.csv.gz").read_bytes()
    transfer = settled({"companies.csv": gzip.decompress(packed)})
    assert transfer.state == Transfer.State.CHECKED
    total = transfer.counts["organisation_new"] + transfer.counts["organisation_merged"]
    assert total == 1877
    assert transfer.counts["organisation_new"] > 1800


def test_cards_of_real_programs_become_people(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("vcards-a")
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.vcf"))}
    transfer = brought(files)
    assert len(transfer.found["parts"]) == 8
    transfer = carried(files)
    assert transfer.counts.get("done_failed", 0) == 0
    # Four cards are John Doe's; his addresses and employers differ, so some are for somebody to see.
    assert Person.objects.filter(last_name="Doe").count() <= 3
    assert Person.objects.filter(last_name="Howes", first_name="Tim").exists()
    assert Person.objects.filter(last_name="Perreault").exists()


def test_several_numbers_in_one_cell_are_several_ways() -> None:
    rows = (
        "Firma;Telefon",
        "Zahnrad GmbH;03621 47110 / 0171 2345678",
        "Optik AG;0351 12345 App. 22",
    )
    carried({"kunden.csv": csv(*rows)})
    found = {
        firm.name: [one.value for one in firm.contact_details.order_by("id")]
        for firm in Organisation.objects.all()
    }
    assert found["Zahnrad GmbH"] == ["+49 3621 47110", "+49 171 2345678"]
    assert found["Optik AG"] == ["+49 351 1234522"]
