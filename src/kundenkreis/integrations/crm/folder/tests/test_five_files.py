"""Five files that contradict each other become one clean base; this is exactly what comes out."""

from __future__ import annotations

import pytest
from django.utils import translation

from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.crm.work.models import Activity
from kundenkreis.integrations.crm.folder import commands, example, review
from kundenkreis.integrations.crm.folder.tests.conftest import carried, settled, work
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records.models import Transfer
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PEOPLE = {
    ("Anja", "Sommer", "10009", None, ""),
    ("Jörg", "Weißbach", None, "1975-02-07", "Produktionsleiter"),
    ("Sabine", "Lindner-Voß", None, "1968-03-14", "Geschäftsführerin"),
    ("Ute", "Morgenrot", None, None, ""),
    ("Bernd", "Uhlig", None, "1959-11-30", "Geschäftsführer"),
    ("", "Pannenhilfe", None, None, None),
    ("Thomas", "Reuter", None, None, "Inhaber"),
    ("Katharina", "Müller", None, "1981-05-06", "Direktion"),
    ("Katharina", "Müller", None, None, ""),  # of another firm: her namesake
    ("Sven", "Albrecht", None, None, ""),
    ("Petra", "Krüger", None, None, "Buchhaltung"),
    ("Andreas", "Müller", None, None, "Küche"),
}
FIRMS = {
    ("Möbelwerk Lindner GmbH", "10001", "DE136695976"),
    ("Autohaus Reuter KG", "10002", "DE129273398"),
    ("Druckhaus Saale GmbH", "10013", ""),
    ("Feinmechanik Uhlig & Co. KG", "10005", ""),
    ("Metallbau Krüger GmbH", "10010", ""),
    ("Gärtnerei Morgenrot", "10004", ""),
    ("Hotel Thüringer Hof GmbH", "10006", ""),
    ("Praxis für Logopädie Sommer", "10008", ""),
    ("Softwarehaus Nordlicht AG", None, ""),
}
CONFLICTS = {
    ("Möbelwerk Lindner GmbH", "postal", "Werkstraße 4a, 98527 Suhl"),
    ("Druckhaus Saale GmbH", "customer_number", "10013"),
    ("Feinmechanik Uhlig & Co. KG", "postal", "Löbstedter Straße 50, 07749 Jena"),
    ("Metallbau Krüger GmbH", "customer_number", "10010"),
    ("Jörg Weißbach", "birth_date", "07.02.1975"),
    ("Jörg Weißbach", "function", "Produktionsleiter"),
    ("Sabine Lindner-Voß", "last_name", "Lindner-Voß"),
    ("Katharina Müller", "birth_date", "06.05.1981"),
}
LEFT = {
    ("EXTF_Debitoren.csv", 0, "IBAN-Nr. 1"),
    ("EXTF_Debitoren.csv", 6, "123456789"),
    ("EXTF_Debitoren.csv", 9, "70001"),
    ("Kundenliste 2019.xlsx", 7, "gaertnerei(at)morgenrot"),
    ("Messe 2025.csv", 6, "1990-02-30"),
    ("Messe 2025.csv", 7, "unbekannt@messe.example"),
}
# As the files lie in a folder: this is the order in which they win.
ORDER = [example.DATEV, example.PHONE, example.LIST, example.FAIR, example.OUTLOOK]


def in_order(five: dict[str, bytes]) -> dict[str, bytes]:
    return {name: five[name] for name in ORDER}


def test_five_contradictory_files_become_one_clean_base(five: dict[str, bytes]) -> None:
    transfer = carried(in_order(five))
    people = {
        (one.first_name, one.last_name, one.customer_number, one.birth_date and str(one.birth_date),
         next((role.function for role in one.employments), None))
        for one in Person.objects.all()
    }  # fmt: skip
    # Anja Sommer is a customer by her own number, and works in her practice, which has another.
    assert people == PEOPLE
    assert Person.objects.count() == len(PEOPLE)
    firms = Organisation.objects.values_list("name", "customer_number", "vat_id")
    assert set(firms) == FIRMS
    assert len(firms) == len(FIRMS)
    assert transfer.counts["person_merged"] == 13
    assert transfer.counts["organisation_merged"] == 20
    # Two people who have nothing but a name in common are shown, and stay two.
    pairs = review.open_pairs(transfer, most=10)
    assert [{side["title"] for side in pair["sides"]} for pair in pairs] == [{"Katharina Müller"}]
    assert not pairs[0]["same"]
    with translation.override("de"):
        found = {
            (one["title"], one["field"], next(v["text"] for v in one["values"] if v["wins"]))
            for one in review.conflicts(transfer, most=100)
        }
    assert found == CONFLICTS
    left = {(one["file"], one["line"], one["value"]) for one in review.problems(transfer, most=100)}
    assert left == LEFT
    assert Activity.objects.count() == 4
    assert transfer.counts["done_created"] == len(PEOPLE) + len(FIRMS) + 4


def test_every_value_says_where_it_is_from(five: dict[str, bytes]) -> None:
    carried(in_order(five))
    bernd = Person.objects.get(last_name="Uhlig")
    assert (bernd.source, bernd.legal_basis) == ("Altlisten", "contract")
    entries = AuditEntry.objects.using("default").filter(target=f"crm.person:{bernd.pk}")
    assert set(entries.values_list("via", flat=True)) == {"Handy.vcf", "Outlook-Kontakte.csv"}
    assert not ContactDetail.objects.filter(source="").exists()
    assert not Organisation.objects.exclude(source="Altlisten").exists()
    mail = ContactDetail.objects.get(value="uhlig@feinmechanik-uhlig.example")
    assert mail.source == example.LIST


def test_the_whole_is_taken_back_as_one(five: dict[str, bytes]) -> None:
    transfer = carried(in_order(five))
    done = undo(ANNA, commands.SIDE, transfer.batch)
    assert not done.left
    for model in (Person, Organisation, ContactDetail, Affiliation, Activity):
        assert not model.objects.exists()


def test_what_somebody_did_since_stays_when_it_is_taken_back(five: dict[str, bytes]) -> None:
    from kundenkreis.records import named, write

    transfer = carried(in_order(five))
    sven = Person.objects.get(first_name="Sven")
    write.change(named("person"), ANNA, sven.pk, None, {"profession": "Informatiker"})
    done = undo(ANNA, commands.SIDE, transfer.batch)
    assert len(done.left) >= 1
    assert Person.objects.get().first_name == "Sven"


def test_one_conflict_is_decided_the_other_way(five: dict[str, bytes]) -> None:
    transfer = settled(in_order(five))
    one = next(c for c in review.conflicts(transfer, most=100) if c["field"] == "last_name")
    commands.choose(ANNA, transfer, lambda made: made["picks"].update({one["name"]: 1}))
    work(transfer)
    commands.carry(ANNA, transfer)
    work(transfer)
    assert Person.objects.get(first_name="Sabine").last_name == "Lindner"


def test_every_conflict_can_be_decided_wherever_in_the_list_it_stands(
    five: dict[str, bytes],
) -> None:
    transfer = settled(in_order(five))
    found = review.conflicts(transfer, most=100)
    assert len(found) > 2
    last = found[-1]
    names = {last["name"], "person:999:last_name"}
    assert review.offered(transfer, names) == {last["name"]: len(last["values"])}
    assert review.offered(transfer, []) == {}


def test_the_same_files_again_change_nothing(five: dict[str, bytes]) -> None:
    carried(in_order(five))
    before = list(Person.objects.order_by("pk").values_list("pk", "version"))
    again = carried(in_order(five))
    assert again.counts["person_known"] == len(PEOPLE)
    assert again.counts.get("person_new", 0) == 0
    assert again.counts.get("organisation_new", 0) == 0
    assert list(Person.objects.order_by("pk").values_list("pk", "version")) == before
    assert again.state == Transfer.State.DONE


def test_a_source_and_a_legal_basis_have_to_be_said(five: dict[str, bytes]) -> None:
    from kundenkreis.integrations.crm.folder.tests.conftest import brought
    from kundenkreis.kernel.errors import DomainError

    transfer = brought({example.FAIR: five[example.FAIR]})
    for said in ({"source": "", "legal_basis": "contract"}, {"source": "A", "legal_basis": "?"}):
        with pytest.raises(DomainError) as error:
            commands.decide(ANNA, transfer, said)
        assert error.value.field in ("source", "legal_basis")
