from __future__ import annotations

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.kernel import migrate, search, store
from kundenkreis.kernel.models import SearchDocument, document_number
from kundenkreis.kernel.search import Document, Reach, asked, questions, words
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, CRM
from kundenkreis.kernel.text import unaccented

GERMAN = st.text(alphabet="aeouäöüßAEOUÄÖÜẞbcdrst éæÆﬁ-.", max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "mueller"), ("Müller", "Muller"), ("MÜLLER", "müller"), ("Mu\u0308ller", "Müller"),
        ("Straße", "STRASSE"), ("Goethe", "Göthe"), ("Café", "cafe"), ("Ærø", "Ærø"),
    ],
)  # fmt: skip
def test_it_folds_as_german_is_typed(one: str, other: str) -> None:
    assert unaccented(one) == unaccented(other)


def test_it_does_not_fold_different_names() -> None:
    assert len({unaccented(name) for name in ("Müller", "Möller", "Miller", "Mahler")}) == 4


@given(GERMAN, GERMAN)
def test_the_beginning_of_a_text_is_the_beginning_of_its_folding(start: str, rest: str) -> None:
    whole, begun = unaccented(start + rest), unaccented(start)
    # A last letter may still become part of one letter with what follows.
    assert whole.startswith((begun, begun[:-1]))


@given(st.text(max_size=30))
def test_any_text_can_be_asked_for(text: str) -> None:
    for word in asked(text):
        assert word == unaccented(word)
        assert word.isalnum()


def answers(known: str, typed: str) -> bool:
    """Whether any reading of the question has all of its words begun in the text."""
    return any(
        all(any(word.startswith(one) for word in words(known)) for one in wanted)
        for wanted in questions(typed)
    )


@pytest.mark.parametrize(
    "typed",
    ["+49 30 1234567", "0049 30 1234567", "030/1234567", "030 12345-67", "(030) 123 45 67",
     "+49 (0)30 1234567", "49301234567", "301234567", "030 123"],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(typed: str) -> None:
    assert answers("+49301234567", typed)


def test_another_number_is_not_found() -> None:
    assert not answers("+49301234567", "030 99")


def test_numbers_that_do_not_stand_together_are_found_in_any_order() -> None:
    for typed in ("Messe 2026 4711", "4711 Messe", "2026 4711"):
        assert answers("Messe 2026 Halle 4711", typed)


NAMES = {
    1: "Müller Straßenbau GmbH",
    2: "Donaudampfschifffahrt AG",
    3: "Bäckerei Thoma",
    4: "Muller & Söhne",
    5: 'O\'Neill "Optics" (UK) Ltd.',
}


def keep_names() -> None:
    with store.group(Side.CRM, "test"):
        search.keep(
            Document("firm", row, name, owner_id=row, team_id=row % 2)
            for row, name in NAMES.items()
        )


def found(text: str, reach: Reach | None = None) -> list[int]:
    reaches = [reach or Reach("firm", everything=True)]
    return [row for _, row in search.find(Side.CRM, reaches, text, 10)]


def parts_are_searched() -> bool:
    """Parts of words need SQLite, or PostgreSQL's extension."""
    return connections["default"].vendor == "sqlite" or search._has_trigrams(Side.CRM)


@pytest.mark.django_db(databases=CRM)
def test_it_finds_by_beginnings_of_words_the_nearest_name_first() -> None:
    keep_names()
    assert found("muelle strasse") == [1]
    assert found("mueller") == [4, 1]
    assert found("thoma bäck") == [3]
    assert found("optics") == found('"Optics') == found("o'neill") == [5]
    assert found("nobody") == found("!!") == found("") == []


@pytest.mark.django_db(databases=CRM)
def test_it_finds_parts_of_compounds() -> None:
    if not parts_are_searched():
        pytest.skip("this server lacks the extension pg_trgm")
    keep_names()
    assert found("schifffahrt") == [2]
    assert found("dampf donau") == [2]


@pytest.mark.django_db(databases=CRM)
def test_it_finds_only_what_is_within_reach() -> None:
    keep_names()
    mine = Reach("firm", everything=False, owner_ids=frozenset({4}))
    assert found("mueller", mine) == [4]
    team = Reach("firm", everything=False, owner_ids=frozenset({99}), team_ids=frozenset({1}))
    assert found("mueller", team) == [1]
    shared = SearchDocument.objects.filter(row=1).values("row")  # where very many are shared
    for rows in (frozenset({1}), shared):
        assert found("mueller", Reach("firm", everything=False, rows=rows)) == [1]
    assert found("mueller", Reach("firm", everything=False)) == []
    assert found("mueller", Reach("person", everything=True)) == []
    assert search.find(Side.CRM, [], "mueller", 10) == []


@pytest.mark.django_db(databases=CRM)
def test_what_is_written_anew_or_forgotten_is_found_anew_or_no_more() -> None:
    keep_names()
    with store.group(Side.CRM, "test"):
        search.keep([Document("firm", 3, "Konditorei Thoma", ["Torten"])])
        search.forget(Side.CRM, "firm", [4])
    assert found("bäckerei") == found("söhne") == []
    assert found("konditorei") == found("tort") == [3]
    assert SearchDocument.objects.using("default").count() == 4


@pytest.mark.django_db(databases=CRM)
def test_a_document_keeps_the_number_that_its_record_has_in_it() -> None:
    keep_names()
    with store.group(Side.CRM, "test"):
        search.keep([Document("firm", 3, "Konditorei Thoma"), Document("shop", 3, "Café Thoma")])
    numbers = SearchDocument.objects.using("default").values_list("id", "kind", "row")
    assert len(numbers) == 6
    assert all(pk == document_number(kind, row) for pk, kind, row in numbers)
    assert found("thoma", Reach("shop", everything=True)) == found("thoma") == [3]


@pytest.mark.django_db(databases=CRM)
def test_many_documents_are_written_in_few_statements() -> None:
    """With each statement SQLite's full-text index writes down what it has."""
    many = [Document("firm", row, f"Firma {row}") for row in range(300, 0, -1)]
    for _twice in range(2):
        with CaptureQueriesContext(connection) as asked, store.group(Side.CRM, "test"):
            search.keep(many)
        writes = [one["sql"] for one in asked if "INSERT" in one["sql"]]
        assert 1 <= len(writes) <= 3
        assert not any(" times: " in sql for sql in writes)
    assert search.called(Side.CRM, "firm", ["Firma 299"]) == [299]


@pytest.mark.django_db(databases=CRM)
def test_documents_of_before_get_these_numbers_and_are_found_as_ever() -> None:
    keep_names()
    documents = SearchDocument.objects.using("default")
    for number, pk in enumerate(documents.order_by("row").values_list("pk", flat=True), start=1):
        documents.filter(pk=pk).update(id=number)
    migrate.NumberDocuments()._number(None, connection.schema_editor())
    numbers = documents.values_list("id", "kind", "row")
    assert all(pk == document_number(kind, row) for pk, kind, row in numbers)
    assert (found("mueller"), found("thoma bäck"), found("optics")) == ([4, 1], [3], [5])


@pytest.mark.django_db(databases=BOTH)
def test_each_side_has_its_own_documents() -> None:
    keep_names()
    assert search.find(Side.ENGAGE, [Reach("firm", everything=True)], "mueller", 10) == []
