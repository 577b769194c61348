from __future__ import annotations

import re
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from django.http import QueryDict

from kundenkreis.crm.people.commands import create_organisation, create_person, create_persons
from kundenkreis.crm.people.contact_commands import (
    add_affiliation,
    add_contact_detail,
    remove_affiliation,
    remove_contact_detail,
)
from kundenkreis.crm.people.models import Person, RelationKind
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.clock import freeze
from kundenkreis.kernel.forgetting import forget
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.models import Job, RemovedRow, SearchDocument
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.lists import counting, keyset
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.past.undo import undo
from kundenkreis.records.search import finding, indexing
from kundenkreis.records.search.finding import searched, suggestions

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, FIRM = named("person"), named("organisation")


def found(text: str, kind: Any = PERSON, viewer: Any = ANNA) -> list[str]:
    return sorted(str(row) for row in searched(kind, viewer, kind.rows(viewer), text))


def make() -> Person:
    firm = create_organisation(actor=ANNA, name="Müller Straßenbau GmbH")
    return create_person(
        actor=ANNA, first_name="Jana", last_name="Weiß", email="jana.weiss@bau.example",
        phone="+49 3641 5551", organisation=firm,
    )  # fmt: skip


def test_a_person_is_found_by_name_address_number_and_company() -> None:
    make()
    for text in ("weiss jana", "jana.weiss@bau.example", "03641/5551", "muelle strasse"):
        assert found(text) == ["Jana Weiß"], text
    assert found("muelle strasse", FIRM) == ["Müller Straßenbau GmbH"]


def test_it_follows_every_change_of_what_a_record_is_found_by() -> None:
    person = make()
    detail = add_contact_detail(actor=ANNA, holder=person, kind="email", value="neu@x.example")
    assert found("neu@x") == ["Jana Weiß"]
    remove_contact_detail(actor=ANNA, contact_detail_id=detail.pk)
    assert found("neu@x") == []
    write.change(FIRM, ANNA, person.affiliations.get().organisation_id, None, {"name": "Tiefbau"})
    assert found("strasse") == []
    assert found("tiefbau") == ["Jana Weiß"]
    remove_affiliation(actor=ANNA, affiliation_id=person.affiliations.get().pk)
    assert found("tiefbau") == []
    write.remove(PERSON, ANNA, person.pk)
    assert found("weiss") == []
    assert not SearchDocument.objects.using("default").filter(kind="person").exists()


def test_what_was_deleted_is_found_again_when_it_comes_back() -> None:
    person = make()
    write.remove(PERSON, ANNA, person.pk)
    batch = store.stored(Side.CRM, RemovedRow).filter(root=True).get().batch
    undo(ANNA, Side.CRM, batch)
    assert found("bau.example") == ["Jana Weiß"]


def test_a_refused_write_leaves_the_document_as_it_was() -> None:
    person = make()
    with suppress(ZeroDivisionError), store.group(Side.CRM, "test"):
        store.change(ANNA, store.lock(Person, person.pk), last_name="Schwarz")
        raise ZeroDivisionError
    assert found("weiss") == ["Jana Weiß"]
    assert found("schwarz") == []


def test_nobody_finds_what_they_may_not_read() -> None:
    make()
    assert found("weiss", viewer=BEN) == found("weiss", viewer=CARLA) == []


def test_by_what_a_record_says_of_others_only_those_find_it_who_may_read_those() -> None:
    person = make()
    grants = {"crm.person.read": Level.ALL, "crm.organisation.read": Level.OWN}
    viewer = Viewer("Dora", user_id=9, grants=grants)
    assert found("weiss", viewer=viewer) == ["Jana Weiß"]
    assert found("strasse", viewer=viewer) == found("weiss strasse", viewer=viewer) == []
    firm = person.affiliations.get().organisation_id
    write.change(FIRM, ANNA, firm, None, {"owner_id": viewer.user_id})
    assert found("strasse", viewer=viewer) == found("weiss strasse", viewer=viewer) == ["Jana Weiß"]


def test_each_word_may_stand_in_another_record_that_may_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = make()
    secret = create_organisation(actor=ANNA, name="Brunnen und Wasser AG")
    add_affiliation(actor=ANNA, person=person, organisation=secret)
    viewer = Viewer("Dora", user_id=9, grants={"crm.*.read": Level.OWN})
    firm = person.affiliations.order_by("pk")[0].organisation_id
    for kind, pk in ((PERSON, person.pk), (FIRM, firm)):
        write.change(kind, ANNA, pk, None, {"owner_id": viewer.user_id})
    for few in (finding.FEW, 0):  # numbers at once, or a query
        monkeypatch.setattr(finding, "FEW", few)
        for text in ("weiss", "weiss mueller strasse", "mueller strasse", "jana muell"):
            assert found(text, viewer=viewer) == ["Jana Weiß"], text
        for text in ("brunnen", "weiss brunnen", "strasse brunnen", "weiss strasse wasser"):
            assert found(text) == ["Jana Weiß"], text
            assert found(text, viewer=viewer) == [], text
    write.change(FIRM, ANNA, secret.pk, None, {"owner_id": viewer.user_id})
    assert found("strasse brunnen", viewer=viewer) == ["Jana Weiß"]


def test_what_retention_forgets_is_forgotten_here_too() -> None:
    with freeze("2026-01-01T12:00:00Z") as now:
        create_person(actor=ANNA, last_name="Vergissmeinnicht")
        now.advance(days=4000)
        forget(Side.CRM)
    assert not Person.objects.exists()
    assert not SearchDocument.objects.using("default").filter(kind="person").exists()


def test_a_rebuild_that_was_broken_off_is_done_again_and_a_finished_one_is_not() -> None:
    make()
    documents = SearchDocument.objects.using("default")
    documents.filter(kind="person").delete()
    documents.create(kind="person", row=99_999, name="orphan", words="orphan")
    shipped = store.stored(Side.CRM, RelationKind).count()
    assert indexing.rebuild_if_missing(Side.CRM) == 2 + shipped
    assert found("weiss") == ["Jana Weiß"]
    assert not documents.filter(row=99_999).exists()
    assert indexing.rebuild_if_missing(Side.CRM) == 0


def test_a_change_that_nobody_is_found_by_rewrites_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = make()
    firm = person.affiliations.get().organisation_id
    seen: list[int] = []
    plain = indexing.write

    def noting(kind: Any, pks: Any) -> None:
        seen.extend(pks if kind is PERSON else ())
        plain(kind, pks)

    monkeypatch.setattr(indexing, "write", noting)
    write.change(FIRM, ANNA, firm, None, {"employees": 7})
    assert seen == []
    write.change(FIRM, ANNA, firm, None, {"name": "Tiefbau"})
    assert seen == [person.pk]


def test_a_rebuild_writes_the_same_documents() -> None:
    indexing.rebuild(Side.CRM)  # of what is shipped
    make()
    names = ("kind", "row", "name", "words", "others", "owner_id", "team_id")
    before = sorted(SearchDocument.objects.using("default").values_list(*names))
    SearchDocument.objects.using("default").all().delete()
    assert indexing.rebuild(Side.CRM) == len(before)
    assert sorted(SearchDocument.objects.using("default").values_list(*names)) == before


def test_a_list_is_searched_the_same_way() -> None:
    make()
    page = listing(PERSON, ANNA, QueryDict("q=strassenb+jana"), "/crm/persons/")
    assert [PERSON.url(Person.objects.get().pk) in row for row in page.rows] == [True]


def test_where_very_many_begin_so_parts_of_words_are_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "FEW", 2)
    create_person(actor=ANNA, last_name="Heidelberg", owner_id=BEN.user_id)
    for name in ("Berger", "Bergmann"):
        create_person(actor=ANNA, last_name=name)
    few = found("berg")
    assert set(few) >= {"Berger", "Bergmann"}  # and the third, where the database knows parts
    create_person(actor=ANNA, last_name="Bergfeld")
    assert found("berg") == ["Berger", "Bergfeld", "Bergmann"]
    # Whoever may not read these does not notice how many there are.
    assert found("berg", viewer=BEN) == [name for name in few if name == "Heidelberg"]


@pytest.mark.parametrize("text", ["berg", "ergma"])
def test_of_very_many_a_list_shows_the_same_whatever_way_it_is_walked(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(120):
        create_person(actor=ANNA, last_name=f"Berg{'mann' if n % 2 else 'ner'} {n:03}")
        create_person(actor=ANNA, last_name=f"Abend {n:03}")
    if not found(text):
        pytest.skip("this server lacks the extension pg_trgm")

    def pages() -> list[list[str]]:
        shown, query = [], QueryDict(f"q={text}")
        while query is not None:
            page = listing(PERSON, ANNA, query, "/")
            shown.append([re.search(r"Berg\w+ \d+", row)[0] for row in page.rows])  # type: ignore[index]
            query = QueryDict(page.next_url.partition("?")[2]) if page.next_url else None
        return shown

    plain = pages()
    assert [name for page in plain for name in page] == sorted(found(text))
    monkeypatch.setattr(finding, "FEW", 10)
    for near, very_many in product((0, 60, 1_000), (10, 1_000)):
        monkeypatch.setattr(keyset, "NEAR", near)
        for module in (finding, counting):
            monkeypatch.setattr(module, "VERY_MANY", very_many)
        assert pages() == plain
        number = listing(PERSON, ANNA, QueryDict(f"q={text}"), "/").counted
        assert str(number) == ("> 10" if very_many == 10 else str(sum(map(len, plain))))


def test_the_documents_of_very_many_are_written_after_the_rename(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE", 1)
    monkeypatch.setattr(indexing, "CHUNK", 1)
    firm = create_organisation(actor=ANNA, name="Müller Straßenbau GmbH")
    for name in ("Kern", "Lang", "Weiß"):
        create_person(actor=ANNA, last_name=name, organisation=firm)
    write.change(FIRM, ANNA, firm.pk, None, {"name": "Tiefbau Saale"})
    assert found("tiefbau", FIRM) == ["Tiefbau Saale"]
    assert found("tiefbau") == []
    while runner.run_due(Side.CRM):
        pass
    assert found("tiefbau") == ["Kern", "Lang", "Weiß"]
    assert found("strassenbau") == []


def test_the_documents_of_people_who_are_made_together_are_written_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE", 1)
    firm = create_organisation(actor=ANNA, name="Müller Straßenbau GmbH")
    known = create_person(actor=ANNA, last_name="Tann")
    rows = [
        {"last_name": name, "email": f"{name}@bau.example", "organisation": firm}
        for name in ("Kern", "Lang", "Vogel")
    ]
    with store.group(Side.CRM, "test"):
        create_persons(actor=ANNA, rows=rows)
        add_contact_detail(actor=ANNA, holder=known, kind="email", value="tann@bau.example")
    assert found("bau.example") == ["Kern", "Lang", "Tann", "Vogel"]
    assert not store.stored(Side.CRM, Job).filter(task__contains="rewrite_search").exists()


def test_suggestions_begin_with_the_names_that_begin_so() -> None:
    for n in range(25):
        create_organisation(actor=ANNA, name=f"Werkstatt {n:02} Kern GmbH")
    create_organisation(actor=ANNA, name="Kern AG")
    assert suggestions(FIRM, ANNA, "kern")[0][0] == "Kern AG"
    assert len(suggestions(FIRM, ANNA, "kern")) == finding.MAX_SUGGESTIONS
