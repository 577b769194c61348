"""A letter for many, and labels: true counts, nobody twice, nobody who must not be written to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pypdfium2
import pytest

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.commands import create_shipped_roles
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.letters import queries
from kundenkreis.crm.letters.formats import SHEETS
from kundenkreis.crm.letters.many import writing
from kundenkreis.crm.letters.models import Letter, PrintRun
from kundenkreis.crm.letters.outgoing import Labels
from kundenkreis.crm.letters.recipients import whom_of
from kundenkreis.crm.letters.run_commands import begin_run, stop_run, write_run
from kundenkreis.crm.letters.tests.paper import jana, paper, works
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.models import Informed, TimelineEntry
from kundenkreis.crm.people.permissions import record_objection
from kundenkreis.kernel import files
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM, SYSTEM
from kundenkreis.records import named, working
from kundenkreis.records.lists.selection import Selection

pytestmark = pytest.mark.django_db(databases=CRM)
State = PrintRun.State
POINTS = 72 / 25.4


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FOLDERS = {side: tmp_path / side for side in Side}
    return tmp_path


@pytest.fixture
def anna() -> Viewer:
    create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM, email="anna@example.org", name="Anna Seidel", password="geheim-1962-x",
        roles=["administrator"],
    )  # fmt: skip
    return viewer_of(user)


def _begin(anna: Viewer, what: str = "letters", kind: str = "person", **asked: Any) -> PrintRun:
    given = {"purpose": "marketing", **asked}
    given.setdefault("letterhead", 0)
    given["letterhead"] = given["letterhead"] or paper().pk
    if what == "letters":
        given = {"subject": "Werkstatttag", "body": "{{ salutation }},\n\nkommen Sie.", **given}
    return begin_run(
        actor=anna, kind=named(kind), what=what, selection=Selection(query=""), asked=given
    )


def _work(run: PrintRun) -> PrintRun:
    while working.go_on(Side.CRM, run.pk, model=PrintRun):
        pass
    return PrintRun.objects.get(pk=run.pk)


def _five() -> list[Any]:
    """Two who get one, one who objected, one without an address, one whose mail comes back."""
    people = [jana(last_name="Adam"), jana(last_name="Berg")]
    objects = jana(last_name="Cohn")
    record_objection(actor=ANNA, person_id=objects.pk, channel="post", purpose="marketing")
    nowhere = jana(last_name="Dorn", place=False)
    moved = jana(last_name="Ernst", place=False)
    contact_commands.add_contact_detail(
        actor=ANNA, holder=moved, kind="postal", value="", street="Weg 1", postal_code="99423",
        town="Weimar", country="DE", state="bounced",
    )  # fmt: skip
    return [*people, objects, nowhere, moved]


def test_everybody_is_counted_once_and_who_is_left_out_has_a_reason(anna: Viewer) -> None:
    people = _five()
    run = _work(_begin(anna))
    assert run.state == State.CHECKED
    assert run.counts == {"fit": 2, "skipped": 3}
    assert {one.row for one in run.skipped.all()} == {one.pk for one in people[2:]}
    assert all(one.reason for one in run.skipped.all())
    assert not Letter.objects.exists()
    first = queries.first_letter(anna, run)
    assert first is not None
    assert "Adam" in first["address"][0]


def test_each_gets_one_letter_one_entry_and_all_are_in_one_file(anna: Viewer) -> None:
    people = _five()
    run = _work(_begin(anna))
    run = _work(write_run(actor=anna, run_id=run.pk))
    run = _work(run)
    assert run.state == State.DONE, run.problem
    assert run.counts == {"fit": 2, "skipped": 3}
    assert run.skipped.count() == 3
    entries = TimelineEntry.objects.filter(kind="letter")
    assert sorted(entries.values_list("person", flat=True)) == [one.pk for one in people[:2]]
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, run.pdf)) as found:
        texts = [page.get_textpage().get_text_range() for page in found]
    assert len(texts) == 2
    assert "Dr. Jana Adam" in texts[0]
    assert "Sehr geehrte Frau Dr. Berg" in texts[1]
    assert files.there(Side.CRM, run.docx)


def test_a_notice_for_many_tells_each_who_gets_one(anna: Viewer) -> None:
    people = _five()
    run = _work(_begin(anna, purpose="notice"))
    _work(write_run(actor=anna, run_id=run.pk))
    told = set(Informed.objects.values_list("person", flat=True))
    assert {one.pk for one in people[:2]} <= told
    assert told == set(Letter.objects.values_list("person", flat=True))


def test_who_objects_between_check_and_print_gets_none(anna: Viewer) -> None:
    one, _other = jana(last_name="Adam"), jana(last_name="Berg")
    run = _work(_begin(anna))
    assert run.counts["fit"] == 2
    record_objection(actor=ANNA, person_id=one.pk, channel="post", purpose="marketing")
    run = _work(_work(write_run(actor=anna, run_id=run.pk)))
    assert run.counts == {"fit": 1, "skipped": 1}
    assert [letter.person_id for letter in run.letters.all()] == [_other.pk]


def test_a_piece_that_is_done_twice_writes_no_letter_twice(anna: Viewer) -> None:
    for name in ("Adam", "Berg", "Cohn"):
        jana(last_name=name)
    run = write_run(actor=anna, run_id=_work(_begin(anna)).pk)
    stale = PrintRun.objects.get(pk=run.pk)
    assert writing(Side.CRM, PrintRun.objects.get(pk=run.pk), anna).piece()
    # Another worker that had read the run before finds that it has moved on.
    assert not writing(Side.CRM, stale, anna).piece()
    assert Letter.objects.count() == 3
    assert TimelineEntry.objects.filter(kind="letter").count() == 3


def test_a_stopped_run_writes_nothing_more(anna: Viewer) -> None:
    jana()
    run = _work(_begin(anna))
    stop_run(actor=anna, run_id=run.pk)
    write_run(actor=anna, run_id=run.pk)
    assert _work(run).state == State.STOPPED
    assert not Letter.objects.exists()


def test_letters_to_companies_and_at_work(anna: Viewer) -> None:
    firm = works()
    person = jana(place=False)
    contact_commands.add_affiliation(actor=ANNA, person=person, organisation=firm)
    run = _work(_begin(anna, kind="organisation"))
    assert run.counts == {"fit": 1}
    run = _work(_begin(anna, letterhead=run.asked["letterhead"]))
    assert run.counts == {"fit": 1}
    first = queries.first_letter(anna, run)
    assert first is not None
    assert first["address"][0] == "Muster & Söhne KG"


@pytest.mark.parametrize("name", SHEETS)
def test_labels_stand_where_they_are_on_the_sheet(anna: Viewer, name: str) -> None:
    sheet = SHEETS[name]
    for number in range(sheet.count):
        jana(last_name=f"Nummer{number:02}")
    run = _work(_begin(anna, what="labels", format=name, first=2))
    assert run.state == State.DONE, run.problem
    assert run.counts == {"fit": sheet.count}
    with pypdfium2.PdfDocument(files.path_of(Side.CRM, run.pdf)) as found:
        assert len(found) == 2  # the first place was used up
        page = found[0]
        text = page.get_textpage()
        for number in (0, sheet.columns - 1, sheet.count - 2):
            place = number + 1
            index, count = text.search(f"Nummer{number:02}").get_next()
            text.count_rects(index, count)
            left, bottom, right, top = text.get_rect(0)
            x = sheet.left + place % sheet.columns * (sheet.width + sheet.between)
            y = sheet.top + place // sheet.columns * sheet.height
            height = page.get_height()
            assert x < left / POINTS < right / POINTS < x + sheet.width
            assert y < (height - top) / POINTS < (height - bottom) / POINTS < y + sheet.height


def test_runs_are_their_owners_and_need_the_right(anna: Viewer) -> None:
    jana()
    run = _begin(anna)
    with pytest.raises(NotFound):
        queries.run(replace(anna, user_id=77), run.pk)
    with pytest.raises(NotFound):
        write_run(actor=replace(anna, user_id=77), run_id=run.pk)
    with pytest.raises(NotAllowed):
        _begin(CARLA, letterhead=run.asked["letterhead"])
    with pytest.raises(DomainError, match="No record"):
        begin_run(
            actor=anna, kind=named("organisation"), what="labels", selection=Selection(query=""),
            asked={"purpose": "orders"},
        )  # fmt: skip


def test_p_nobody_gets_addresses_printed_that_are_kept_from_them(anna: Viewer) -> None:
    jana()
    head = paper().pk
    for subject in ("crm.person", "crm.organisation"):
        blind = replace(anna, hidden=MappingProxyType({subject: frozenset({"postal"})}))
        for what in ("letters", "labels"):
            with pytest.raises(DomainError, match="kept from you"):
                _begin(blind, what=what, letterhead=head)
    run = _begin(anna, what="labels", letterhead=head)
    with pytest.raises(DomainError, match="kept from you"):  # from then on, too
        Labels(Side.CRM, run, blind)


def test_p_a_letter_goes_to_no_work_that_its_writer_may_not_know(anna: Viewer) -> None:
    firm, person = works(), jana(place=False)
    contact_commands.add_affiliation(actor=ANNA, person=person, organisation=firm)
    grants = {"crm.*.*": Level.OWN, "crm.person.*": Level.ALL}
    ben = replace(anna, grants=MappingProxyType(grants), user_id=77)
    assert whom_of(anna, [person], "") == [(person, firm)]  # the control
    assert whom_of(ben, [person], "") == [(person, None)]
    unaware = replace(anna, hidden=MappingProxyType({"crm.person": frozenset({"affiliations"})}))
    assert whom_of(unaware, [person], "") == [(person, None)]
