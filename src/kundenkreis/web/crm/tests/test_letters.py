"""Letters on the pages: written without losing anything, finished, printed, by whom it may be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.letters.models import Letter, PrintRun
from kundenkreis.crm.letters.tests.paper import paper, reach
from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.kernel import files
from kundenkreis.kernel.jobs.runner import run_due
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA
from kundenkreis.records import named, working, write
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=["default", "engage"])

As = Callable[[User], Client]
NEW = "/crm/letters/new/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FOLDERS = {side: tmp_path / side for side in Side}
    return tmp_path


def _typed(company: Company, **changed: Any) -> dict[str, Any]:
    head = named("letterhead").model.objects.first() or paper()
    return {
        "person": str(company.person),
        "letterhead": str(head),
        "purpose": "orders",
        "subject": "Ihre Anfrage",
        "body": "{{ salutation }},\n\ngern.",
        **changed,
    }


def _reachable(company: Company) -> Person:
    reach(company.person)
    write.change(named("person"), ANNA, company.person.pk, None, {"legal_basis": "contract"})
    return company.person


def _content(answer: Any) -> bytes:
    """A file that was sent."""
    return b"".join(answer.streaming_content)


def _work_done() -> None:
    while run_due(Side.CRM):
        pass


def test_from_the_page_of_a_person_to_the_file(company: Company, logged_in: As) -> None:
    anna, person = logged_in(company.anna), _reachable(company)
    page = anna.get(f"/crm/persons/{person.pk}/").content.decode()
    assert f"{NEW}?person={person.pk}" in page
    written = anna.post(NEW, _typed(company))
    letter = Letter.objects.get()
    assert written.url == f"/crm/letters/{letter.pk}/"
    shown = anna.get(written.url).content.decode()
    assert "Goethestraße 5" in shown
    assert "Guten Tag Jana Weiß" in shown or "Dear Jana Weiß" in shown
    anna.post(f"/crm/letters/{letter.pk}/finish/")
    assert anna.get(f"/crm/letters/{letter.pk}/file.pdf").status_code == 422
    _work_done()
    answer = anna.get(f"/crm/letters/{letter.pk}/file.pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="ihre-anfrage-jana-weiss.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert _content(answer).startswith(b"%PDF")
    assert f"/crm/letters/{letter.pk}/file.docx" in anna.get(written.url).content.decode()
    timeline = anna.get(f"/crm/persons/{person.pk}/").content.decode()
    assert f"/crm/letters/{letter.pk}/file.pdf" in timeline


def test_what_is_refused_comes_back_as_it_was_typed(company: Company, logged_in: As) -> None:
    anna = logged_in(company.anna)
    answer = anna.post(NEW, _typed(company, body="Lieber {{ nobody }}", subject="Wichtig"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Lieber {{ nobody }}" in page
    assert "Wichtig" in page
    assert "salutation" in page
    assert not Letter.objects.exists()


def test_a_template_begins_the_text_and_keeps_what_was_typed(
    company: Company, logged_in: As
) -> None:
    anna = logged_in(company.anna)
    values = {"name": "Dank", "subject": "Danke", "body": "{{ salutation }},\n\nvielen Dank."}
    found = write.create(named("lettertemplate"), ANNA, {**values, "sharing": "public"})
    sent = _typed(company, subject="", body="Schon geschrieben", apply=found.pk)
    page = anna.post(NEW, sent).content.decode()
    assert "vielen Dank." in page
    assert "Schon geschrieben" in page
    assert 'value="Danke"' in page
    assert not Letter.objects.exists()


def test_who_may_not_be_written_to_is_named_before_and_after(
    company: Company, logged_in: As
) -> None:
    anna = logged_in(company.anna)
    anna.post(NEW, _typed(company))
    letter = Letter.objects.get()
    url = f"/crm/letters/{letter.pk}/"
    assert "nothing to reach them by" in anna.get(url).content.decode()
    anna.post(f"{url}finish/")
    assert "may not go out" in anna.get(url).content.decode()
    letter.refresh_from_db()
    assert letter.is_draft
    assert not TimelineEntry.objects.filter(kind="letter").exists()


def test_whoever_may_nothing_gets_nothing(company: Company, logged_in: As) -> None:
    anna, carla = logged_in(company.anna), logged_in(company.carla)
    anna.post(NEW, _typed(company))
    letter = Letter.objects.get()
    url = f"/crm/letters/{letter.pk}"
    for address in (f"{url}/", f"{url}/file.pdf", f"{url}/state/", NEW, "/crm/prints/"):
        assert carla.get(address).status_code in (403, 404), address
    for address in (f"{url}/finish/", f"{url}/print/", f"/crm/persons/{company.person.pk}/pdf/"):
        assert carla.post(address).status_code in (403, 404), address


def test_a_page_is_printed_with_what_its_reader_may_know(company: Company, logged_in: As) -> None:
    anna, person = logged_in(company.anna), _reachable(company)
    for kind, pk in (("persons", person.pk), ("organisations", company.firm.pk)):
        asked = anna.post(f"/crm/{kind}/{pk}/pdf/")
        _work_done()
        run = PrintRun.objects.latest("pk")
        assert asked.url == f"/crm/prints/{run.pk}/"
        assert run.state == PrintRun.State.DONE, run.problem
        with pypdfium2.PdfDocument(files.path_of(Side.CRM, run.pdf)) as found:
            text = " ".join(page.get_textpage().get_text_range() for page in found)
        assert "Jana Weiß" in text
        assert "Lasermesskopf" in text if kind == "organisations" else "Goethestraße 5" in text
        answer = anna.get(f"/crm/prints/{run.pk}/file.pdf")
        assert _content(answer).startswith(b"%PDF")
        ben = logged_in(company.ben)
        assert ben.get(f"/crm/prints/{run.pk}/").status_code == 404
        assert ben.get(f"/crm/prints/{run.pk}/file.pdf").status_code == 404


def test_chosen_records_of_a_list_get_a_letter_each(company: Company, logged_in: As) -> None:
    anna, person = logged_in(company.anna), _reachable(company)
    listed = anna.get("/crm/persons/").content.decode()
    assert "/crm/persons/many/letters/" in listed
    chosen = anna.get(f"/crm/persons/many/letters/?row={person.pk}")
    page = anna.get(chosen["HX-Redirect"])
    assert page.status_code == 200
    typed = {name: one for name, one in _typed(company).items() if name != "person"}
    refused = anna.post(chosen["HX-Redirect"], {**typed, "body": "{{ x }} bleibt"})
    assert refused.status_code == 422
    assert "{{ x }} bleibt" in refused.content.decode()
    begun = anna.post(chosen["HX-Redirect"], typed)
    run = PrintRun.objects.get()
    assert begun.url == f"/crm/prints/{run.pk}/"
    while working.go_on(Side.CRM, run.pk, model=PrintRun):
        pass
    checked = anna.get(begun.url).content.decode()
    assert "Goethestraße 5" in checked
    assert "/write/" in checked
    anna.post(f"{begun.url}write/")
    _work_done()
    while working.go_on(Side.CRM, run.pk, model=PrintRun):
        pass
    done = anna.get(begun.url).content.decode()
    assert f"{begun.url}file.pdf" in done
    assert run.letters.count() == 1
    assert "Ihre Anfrage" in anna.get("/crm/prints/").content.decode()
