"""The complete export of both sides: everything of the person, nothing of anybody else."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pypdfium2
import pytest
import pyzipper
from django.utils import translation

from kundenkreis.crm.protection import disclosures
from kundenkreis.crm.protection.models import Disclosure
from kundenkreis.dossier import asking, collecting, files, jobs, masking, report
from kundenkreis.dossier.tests.people import Planted, plant
from kundenkreis.dossier.whose import whose
from kundenkreis.kernel import audit, clock
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)


def said(found: Planted) -> str:
    data = collecting.collect(whose(found.person))
    return json.dumps(data, default=str, ensure_ascii=False)


def ready(found: Planted, *shown: str) -> Disclosure:
    made = asking.order_disclosure(actor=ANNA, person_id=found.person.pk)
    jobs.collect_person.func(made.pk)
    asking.approve_disclosure(actor=ANNA, disclosure_id=made.pk, shown=shown)
    jobs.make_disclosure.func(made.pk)
    made.refresh_from_db()
    assert made.state == Disclosure.State.MADE
    return made


def test_g02_every_word_of_theirs_is_in_it_and_none_of_anybody_else() -> None:
    found, other = plant(orders=True), plant(orders=True)
    text = said(found)
    missing = {place for place, word in found.words.items() if word not in text}
    assert missing == set()
    # The control: the other one's words would be found in their own export.
    assert [place for place, word in other.words.items() if word in text] == []
    assert other.words["street"] in said(other)


def test_g02_it_says_where_others_wrote_about_them() -> None:
    found = plant()
    name = f"{found.person.first_name} {found.person.last_name}"
    data = collecting.collect(whose(found.person))
    assert any(name in one["text"] for one in data["mentions"])


def test_g02_third_parties_are_found_and_masked_unless_let_out() -> None:
    from kundenkreis.crm.people.commands import create_person
    from kundenkreis.crm.work.commands import add_activity
    from kundenkreis.kernel.testing import SYSTEM

    found = plant()
    create_person(actor=SYSTEM, first_name="Berta", last_name="Nachbar")
    note = "Berta Nachbar came along, Frau Zwilling too, reachable at berta@nachbar.example"
    add_activity(actor=ANNA, text=note, kind="note", about=found.person)
    w = whose(found.person)
    data = collecting.collect(w)
    others = {one["text"] for one in masking.third_parties(data, w)}
    assert {"Berta Nachbar", "Frau Zwilling", "berta@nachbar.example"} <= others
    own = found.person.contact_details.filter(kind="email").get().value
    assert own not in others
    made = ready(found, "Frau Zwilling")
    text = files.place(made.folder, files.DATA).read_text()
    assert "Berta Nachbar" not in text
    assert "berta@nachbar.example" not in text
    assert "Frau Zwilling" in text
    assert masking.MASK in text
    assert own in text


def test_the_file_is_encrypted_and_its_password_is_kept_nowhere() -> None:
    found = plant()
    made = ready(found)
    password = asking.encrypt_disclosure(actor=ANNA, disclosure_id=made.pk)
    folder = files.place(made.folder, files.PACKAGE).parent
    assert [one.name for one in folder.iterdir()] == [files.PACKAGE]
    assert (
        found.words["street"].encode() not in files.place(made.folder, files.PACKAGE).read_bytes()
    )
    path = asking.take_disclosure(actor=ANNA, disclosure_id=made.pk)
    with pyzipper.AESZipFile(path) as package:
        package.setpassword(b"wrong")
        with pytest.raises(RuntimeError):
            package.read(f"disclosure-{made.pk}.json")
        package.setpassword(password.encode())
        data = json.loads(package.read(f"disclosure-{made.pk}.json"))
        pages = pypdfium2.PdfDocument(package.read(f"disclosure-{made.pk}.pdf"))
    assert data["person"]["number"] == found.person.pk
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert found.words["street"] in text.replace("\r\n", "")
    with pytest.raises(DomainError):
        asking.encrypt_disclosure(actor=ANNA, disclosure_id=made.pk)
    made.refresh_from_db()
    assert password not in repr(made.__dict__)


def test_each_time_it_is_taken_is_audited_and_after_a_week_it_is_gone() -> None:
    found = plant()
    made = ready(found)
    asking.encrypt_disclosure(actor=ANNA, disclosure_id=made.pk)
    for _ in range(2):
        asking.take_disclosure(actor=ANNA, disclosure_id=made.pk)
    told = [one.command for one in audit.latest(Side.CRM, f"crm.disclosure:{made.pk}", 9)]
    assert sum(one.endswith("note_download") for one in told) == 2
    with clock.freeze(clock.now() + disclosures.KEPT + timedelta(minutes=1)):
        with pytest.raises(DomainError, match="expired"):
            asking.take_disclosure(actor=ANNA, disclosure_id=made.pk)
        jobs.expire_disclosures.func()
    made.refresh_from_db()
    assert made.state == Disclosure.State.EXPIRED
    assert not files.place(made.folder, files.PACKAGE).exists()


def test_what_nobody_looks_through_does_not_lie_around() -> None:
    found = plant()
    made = asking.order_disclosure(actor=ANNA, person_id=found.person.pk)
    jobs.collect_person.func(made.pk)
    assert files.place(made.folder, files.RAW).exists()
    jobs.expire_disclosures.func()
    assert files.place(made.folder, files.RAW).exists()
    with clock.freeze(clock.now() + disclosures.KEPT + timedelta(minutes=1)):
        jobs.expire_disclosures.func()
    assert not files.place(made.folder, files.RAW).exists()


def test_only_whoever_may_disclose_does() -> None:
    found = plant()
    with pytest.raises(NotAllowed):
        asking.order_disclosure(actor=BEN, person_id=found.person.pk)
    made = ready(found)
    for step in (asking.encrypt_disclosure, asking.take_disclosure):
        with pytest.raises(NotAllowed):
            step(actor=BEN, disclosure_id=made.pk)  # type: ignore[operator]


def test_the_pages_show_the_latest_of_very_many_rows_and_say_so() -> None:
    def pages(count: int) -> str:
        rows = [{"text": f"row {number}"} for number in range(count)]
        table = {
            "table": "crm_work.activity", "called": "Notes", "columns": {"text": "Text"},
            "rows": rows,
        }  # fmt: skip
        found = {
            "person": {"name": "Dora", "number": 1}, "crm": [table], "engage": [], "mentions": [],
            "crm_history": [], "engage_history": [],
        }  # fmt: skip
        return json.dumps(report.document(found, "en").data)

    many = pages(report.MOST + 7)
    assert "latest 2,000 of 2,007" in many
    assert "row 7" in many
    assert 'row 6"' not in many
    assert "latest" not in pages(report.MOST)


def test_g02_the_pages_say_why_each_thing_is_kept_for_how_long_and_who_gets_it() -> None:
    from kundenkreis.crm.work.commands import add_activity

    found = plant(orders=True)
    add_activity(actor=ANNA, text="Wants a leaflet", kind="note", about=found.person)
    with translation.override("en"), clock.freeze("2026-11-27T12:00:00Z"):
        data = json.loads(json.dumps(collecting.collect(whose(found.person)), default=str))
        pages = report.document(data, "en").data
    said = json.dumps(pages)
    headings = [part["heading"] for part in pages["parts"]]
    uses = next(part for part in pages["parts"] if part["heading"] == "Customers")
    (table,) = [block for block in uses["blocks"] if block["kind"] == "table"]
    rows = {row[0]: row for row in table["rows"]}
    assert rows["business with the person"][1] == "a contract with you, or its preparation"
    assert "Persons" in rows["business with the person"][2]
    assert "years" in rows["business with the person"][3]
    assert "Marketing" in headings
    assert "no decision about you by themselves" in said
    # Staff are no subject of this document, and nothing is said in the product's own words.
    assert "log-in of staff" not in said
    assert "about kind" not in said
    assert "Wants a leaflet" in said
    assert not re.search(r"\d{4}-\d\d-\d\dT", said)


def test_g02_nobody_is_hidden_from_themselves() -> None:
    from kundenkreis.crm.people.commands import create_person
    from kundenkreis.crm.work.commands import add_activity
    from kundenkreis.kernel.testing import SYSTEM

    person = create_person(
        actor=SYSTEM, salutation="Frau", first_name="Jana", last_name="Weiß", phone="030 23125010"
    )
    create_person(actor=SYSTEM, first_name="Uwe", last_name="Kern", phone="030 23125010")
    note = (
        "Frau Weiß, also Frau Jana Weiß, wants calls at 030/231250-10, not Herr Uwe at 030 99887766"
    )
    add_activity(actor=ANNA, text=note, kind="note", about=person)
    w = whose(person)
    others = {one["text"] for one in masking.third_parties(collecting.collect(w), w)}
    assert {"Herr Uwe", "030 99887766"} <= others
    assert not {one for one in others if "Weiß" in one or "Jana" in one or "2312" in one}


def test_g02_third_parties_are_found_however_their_names_are_written() -> None:
    from kundenkreis.crm.people.commands import create_person
    from kundenkreis.crm.work.commands import add_activity
    from kundenkreis.kernel.testing import SYSTEM

    found = plant()
    for first, last, prefix in (
        ("Łukasz", "Żak", ""), ("Anna Maria", "Berg", ""), ("Karl-Heinz", "Fuchs", ""),
        ("Sophie", "Wall", "von der"),
    ):  # fmt: skip
        create_person(actor=SYSTEM, first_name=first, last_name=last, name_prefix=prefix)
    note = (
        "With Łukasz Żak, then Anna Maria Berg; Fuchs, Karl-Heinz called, and Sophie von der Wall"
        " wrote, berg only in the mountains. 030 1234567 is theirs."
    )
    add_activity(actor=ANNA, text=note, kind="note", about=found.person)
    w = whose(found.person)
    others = {one["text"] for one in masking.third_parties(collecting.collect(w), w)}
    assert {
        "Łukasz Żak", "Anna Maria Berg", "Fuchs, Karl-Heinz", "Sophie von der Wall", "030 1234567",
    } <= others  # fmt: skip
    assert not {"berg", "Berg", "Sophie"} & others
