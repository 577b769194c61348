from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records import named, testing, working, write
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.exchange import commands, notes, review
from kundenkreis.records.exchange.table import RESULTS, logged, place
from kundenkreis.records.models import Transfer
from kundenkreis.records.testing import counts

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, ORGANISATION, PRODUCT = map(named, ("person", "organisation", "product"))
FILE = """Vorname;last name;E-mail;Unbekannt
Jana;Weiß;jana@example.org;x
;;nobody@example.org;x
Markus;Kern;kein-postfach;x
Petra;Tann;petra@example.org;x
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def brought(*texts: str | bytes, kind: RecordType = PERSON, viewer: Viewer = ANNA) -> Transfer:
    return testing.brought(kind, *texts, viewer=viewer)


def checked(transfer: Transfer, kind: RecordType = PERSON, **decided: Any) -> Transfer:
    return testing.checked(kind, transfer, **decided)


def ran(transfer: Transfer, kind: RecordType = PERSON) -> Transfer:
    return testing.ran(kind, transfer)


def problems(transfer: Transfer, name: str = notes.FILE) -> dict[int, dict[str, str]]:
    lines = logged(place(Side.CRM, transfer, name))
    return {line["line"]: line["wrong"] for line in lines if line["wrong"]}


def test_it_knows_its_own_columns_in_both_languages() -> None:
    transfer = brought(FILE)
    assert transfer.state == "asking"
    assert transfer.asked["mapping"] == ["first_name", "last_name", "email", ""]


def test_it_checks_every_row_and_writes_nothing() -> None:
    before = AuditEntry.objects.using("default").filter(target__startswith="crm.person").count()
    transfer = checked(brought(FILE))
    assert (transfer.state, counts(transfer)) == ("checked", {"created": 2, "failed": 2})
    assert set(problems(transfer)) == {3, 4}  # 3: only the command knows that rule
    assert not Person.objects.exists()
    assert not ContactDetail.objects.exists()
    after = AuditEntry.objects.using("default").filter(target__startswith="crm.person").count()
    assert after == before


def test_it_creates_the_good_rows_and_reports_the_others() -> None:
    transfer = ran(checked(brought(FILE)))
    assert (transfer.state, counts(transfer)) == ("done", {"created": 2, "failed": 2})
    assert sorted(Person.objects.values_list("last_name", "source", "legal_basis")) == [
        ("Tann", "Messe", "contract"),
        ("Weiß", "Messe", "contract"),
    ]
    assert ContactDetail.objects.count() == 2
    assert set(problems(transfer, RESULTS)) == {3, 4}
    made = AuditEntry.objects.using("default").filter(target__startswith="crm.person:")
    assert set(made.values_list("via", "batch")) == {("import", transfer.batch)}


def test_it_promises_exactly_what_it_then_does() -> None:
    transfer = checked(brought(FILE))
    promised, wrong = counts(transfer), problems(transfer)
    transfer = ran(transfer)
    assert (counts(transfer), problems(transfer, RESULTS)) == (promised, wrong)


def test_a_page_of_a_checked_import_reads_its_own_rows_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = "".join(f"N{n};bad\n" if n % 2 else f"N{n};n{n}@example.org\n" for n in range(400))
    transfer = checked(brought("Last name;E-mail\n" + rows))
    read: list[bytes] = []

    def loads(text: bytes) -> Any:
        read.append(text)
        return json.loads(text)

    monkeypatch.setattr("kundenkreis.records.exchange.notes.json", SimpleNamespace(loads=loads))
    page = review.checked(PERSON, ANNA, transfer, QueryDict("show=problems&from=100"))
    assert [row["row"] for row in page["rows"]] == list(range(201, 250, 2))
    assert [view[:3] for view in page["views"]] == [
        ("problems", "With a problem", 200),
        ("new", "New", 25),
    ]
    assert (page["previous_url"], page["next_url"]) == (
        "?show=problems&from=75",
        "?show=problems&from=125",
    )
    assert len(read) == len(page["rows"]) + 1


def test_it_asks_for_source_and_legal_basis_of_people() -> None:
    transfer = checked(brought(FILE), constants={})
    assert counts(transfer) == {"failed": 4}
    assert {"source", "legal_basis"} <= set(problems(transfer)[2])


def test_it_names_the_line_a_row_begins_in() -> None:
    transfer = checked(brought('last name;source\nA;"two\nlines"\n\n;x\nB;y\n'))
    assert set(problems(transfer)) == {5}


def test_it_finds_a_value_that_comes_twice_in_the_files() -> None:
    text = "last name,customer number\nA,K-1\nB,K-1\n"
    transfer = checked(brought(text, "customer number,last name\nK-1,C\nK-2,D\n"))
    assert counts(transfer) == {"created": 2, "failed": 2}
    assert counts(ran(transfer)) == {"created": 2, "failed": 2}
    assert sorted(Person.objects.values_list("last_name", flat=True)) == ["A", "D"]


def test_it_finds_a_number_that_is_taken_only_where_it_is() -> None:
    write.create(PRODUCT, ANNA, {"source": "shop", "sku": "T1", "name": "Tasse"})
    transfer = brought("sku;name;currency\nT1;Becher;EUR\nT1;Krug;EUR\n", kind=PRODUCT)
    transfer = checked(transfer, PRODUCT, keys=[])
    # The shop's article has the same number, so somebody should look; it is another one, though.
    assert counts(transfer) == {"created": 1, "failed": 1, "warned": 1}


def test_it_knows_people_again_by_their_address_and_changes_what_is_wanted() -> None:
    known = write.create(
        PERSON, ANNA, {"last_name": "Weiß", "email": "jana@example.org", "salutation": "Dr."}
    )
    text = "Salutation;First name;Last name;E-mail\n;Jana;Weiss;JANA@example.org\n;Neu;Neu;n@example.org\n"
    asked: dict[str, Any] = {"mode": "both", "keys": ["email"]}
    transfer = checked(brought(text), **asked, rules={"last_name": "empty"})
    assert counts(transfer) == {"created": 1, "changed": 1}
    ran(transfer)
    known.refresh_from_db()
    assert (known.first_name, known.last_name, known.salutation) == ("Jana", "Weiß", "Dr.")
    assert known.source == ""  # constants are for new records
    assert Person.objects.count() == 2
    again = ran(checked(brought(text), **asked, rules={"last_name": "empty"}))
    assert counts(again) == {"unchanged": 2}


@pytest.mark.parametrize(
    ("mode", "found"),
    [("create", {"created": 1, "skipped": 1}), ("update", {"changed": 1, "skipped": 1})],
)
def test_it_only_creates_or_only_updates_if_told_so(mode: str, found: dict[str, int]) -> None:
    write.create(PERSON, ANNA, {"last_name": "Weiß", "customer_number": "K-1"})
    text = "Customer number;First name;Last name\nK-1;Jana;Weiß\nK-2;Petra;Tann\n"
    transfer = ran(checked(brought(text), mode=mode, keys=["customer_number"]))
    assert counts(transfer) == found


def test_it_makes_unknown_organisations_if_told_so_and_only_once() -> None:
    write.create(ORGANISATION, ANNA, {"name": "Optik AG"})
    text = "Last name;Organisation\nA;Optik AG\nB;Neu GmbH\nC;Neu GmbH\nD;\n"
    transfer = checked(brought(text))
    assert counts(transfer) == {"created": 2, "failed": 2}
    transfer = ran(checked(transfer, makes=["organisation"]))
    assert counts(transfer) == {"created": 4}
    assert sorted(Organisation.objects.values_list("name", flat=True)) == ["Neu GmbH", "Optik AG"]
    assert Affiliation.objects.count() == 3


def test_it_warns_of_people_who_are_perhaps_there_already() -> None:
    write.create(PERSON, ANNA, {"last_name": "Weiß", "phone": "03641 123456"})
    transfer = checked(brought("Last name;Phone\nWeiss;+49 3641 123456\nKern;030 123456\n"))
    assert counts(transfer) == {"created": 2, "warned": 1}


def test_it_warns_of_people_of_a_similar_name_born_that_day_and_never_takes_them_for_the_same() -> (
    None
):
    write.create(
        PERSON, ANNA,
        {"first_name": "Jana", "last_name": "Weiß", "birth_date": date(1971, 12, 2)},
    )  # fmt: skip
    text = "First name;Last name;Birth date\nJana;Weis;02.12.1971\nJana;Weiß;03.11.1980\n"
    chosen = "first_name+last_name+birth_date"
    transfer = checked(brought(text), mode="both", keys=[chosen])
    assert counts(transfer) == {"created": 2, "warned": 1}
    page = review.checked(PERSON, ANNA, transfer, QueryDict("show=warnings"))
    assert "(same name and date of birth)" in page["rows"][0]["warning"]
    assert counts(ran(transfer)) == {"created": 2, "warned": 1}


def test_it_warns_of_rows_that_are_alike_before_any_of_them_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kundenkreis.records.exchange.incoming.PIECE", 1)
    head = "first name;last name;phone;organisation\n"
    text = head + "Jana;Weiß;030 123456;Neu AG\nJANA;WEISS;;neu ag\nUwe;Kern;+49 30 123456;\n"
    transfer = checked(brought(text), makes=["organisation"])
    assert counts(transfer) == {"created": 3, "made": 1, "warned": 2}
    page = review.checked(PERSON, ANNA, transfer, QueryDict("show=warnings"))
    assert [(row["line"], row["warning"]) for row in page["rows"]] == [
        (3, "Perhaps the same as an earlier row of the file (same name and organisation)."),
        (4, "Perhaps the same as an earlier row of the file (same Phone)."),
    ]
    assert counts(ran(transfer)) == {"created": 3, "warned": 2}


def test_it_reads_figures_and_days_as_the_file_writes_them() -> None:
    english = 'Name,Annual revenue,Employees\nA,"1,234.50","1,200"\nB,99.5,7\n'
    transfer = brought(english, kind=ORGANISATION)
    assert transfer.asked["decimal"] == "."
    ran(checked(transfer, ORGANISATION), ORGANISATION)
    german = 'Name;Jahresumsatz;Beschäftigte\nC;"1.234,50";1.200\nD;99,5;7\n'
    transfer = brought(german.encode("cp1252"), kind=ORGANISATION)
    assert (transfer.asked["decimal"], transfer.found["files"][0]["encoding"]) == (",", "cp1252")
    ran(checked(transfer, ORGANISATION), ORGANISATION)
    found = Organisation.objects.order_by("name").values_list("revenue_minor", "employees")
    assert list(found) == [(123_450, 1_200), (9_950, 7)] * 2


def test_it_takes_corrected_cells_and_leaves_out_unwanted_rows() -> None:
    transfer = checked(brought(FILE))

    def correct(made: dict[str, Any]) -> None:
        made["fixes"] = {2: {2: "markus@example.org"}}
        made["left_out"] = [3]

    commands.choose_rows(PERSON, ANNA, transfer, correct)
    transfer = ran(checked(transfer))
    assert counts(transfer) == {"created": 2, "failed": 1, "skipped": 1}
    assert sorted(Person.objects.values_list("last_name", flat=True)) == ["Kern", "Weiß"]


def test_it_remembers_what_was_chosen_for_files_of_that_shape() -> None:
    text = "Rufname;Familienname\nJana;Weiß\n"
    transfer = brought(text)
    assert transfer.asked["mapping"] == ["", ""]
    ran(checked(transfer, mapping=["first_name", "last_name"]))
    assert brought(text).asked["mapping"] == ["first_name", "last_name"]


def test_it_knows_the_columns_of_other_products() -> None:
    transfer = brought(
        "Name Prefix,First Name,Last Name,E-mail 1 - Value,Organization Name\n,J,W,j@example.org,X\n"
    )
    assert transfer.found["known_from"] == "Google Contacts"
    assert transfer.asked["mapping"] == [
        "salutation",
        "first_name",
        "last_name",
        "email",
        "organisation",
    ]


def test_it_goes_on_after_a_crash_without_doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"N{n};n{n}@example.org\n" for n in range(1, 60))
    transfer = checked(brought("Last name;E-mail\n" + rows + "N7;n7@example.org\n"), keys=["email"])
    promised = counts(transfer)
    commands.run_import(PERSON, ANNA, transfer)
    monkeypatch.setattr("kundenkreis.records.exchange.incoming.PIECE", 25)
    assert working.go_on(Side.CRM, transfer.pk, ANNA, turn=0)
    working._drop(Transfer, Side.CRM, transfer.pk)  # the process is gone, with all it knew
    with place(Side.CRM, transfer, RESULTS).open("ab") as file:
        file.write(b'{"row": 9')  # and was about to write
    transfer = testing.worked(PERSON, transfer)
    assert (transfer.state, counts(transfer)) == ("done", promised)
    assert Person.objects.count() == 59
    results = list(logged(place(Side.CRM, transfer, RESULTS)))
    assert [result["row"] for result in results] == list(range(60))


def test_files_that_were_read_right_stay_so_when_another_is_read_anew() -> None:
    one, other = "Vorname;Nachname\nJana;Gro\xdf\n".encode("cp1252"), "Nachname,Vorname\nKern,Ute\n"
    transfer = testing.brought(PERSON, one, other)
    assert transfer.found["header"] == ["Vorname", "Nachname"]
    # The page says again what was recognised in the first file; only the encoding is chosen.
    commands.read_again(PERSON, ANNA, transfer, encoding="mac-roman", separator=";")
    again = testing.worked(PERSON, transfer)
    assert again.found["header"] == ["Vorname", "Nachname"]
    assert [file["encoding"] for file in again.found["files"]] == ["mac-roman"] * 2
    # What was chosen once stays chosen.
    commands.read_again(PERSON, ANNA, again, encoding="mac-roman", separator=";")
    assert testing.worked(PERSON, again).found["files"][0]["encoding"] == "mac-roman"


def test_it_imports_for_those_only_who_may() -> None:
    with pytest.raises(NotAllowed):
        brought(FILE, viewer=CARLA)


def test_it_makes_no_organisation_for_a_row_that_is_refused() -> None:
    text = "first name;last name;e-mail;organisation\n;;a@example.org;Vain AG\nB;Kern;;Good AG\n"
    transfer = checked(brought(text), makes=["organisation"])
    assert (counts(transfer), transfer.counts["made"]) == (
        {"created": 1, "failed": 1, "made": 1},
        1,
    )
    transfer = ran(transfer)
    assert [one.name for one in Organisation.objects.all()] == ["Good AG"]
    assert Affiliation.objects.get().person.last_name == "Kern"
