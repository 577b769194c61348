"""What a type is to a viewer is made once, and anew whenever it is another."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from django.utils import translation

from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import RecordType, named
from kundenkreis.records.custom import defining
from kundenkreis.records.custom.once import once_for_viewer
from kundenkreis.records.lists.columns import offered
from kundenkreis.records.lists.vocabulary import vocabulary

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")


def test_it_is_made_once_for_a_viewer_and_type() -> None:
    made: list[str] = []

    @once_for_viewer
    def make(kind: RecordType, viewer: Viewer) -> str:
        made.append(kind.name)
        return kind.name

    viewer = replace(ANNA)
    for kind in (PERSON, PERSON, named("organisation"), PERSON):
        make(kind, viewer)
    assert made == ["person", "organisation"]
    make(PERSON, replace(viewer))
    assert made == ["person", "organisation", "person"]


def test_a_new_field_is_there_for_a_viewer_who_has_asked_already() -> None:
    viewer = replace(ANNA)
    before = {column.name for column in offered(PERSON, viewer)}
    words = {field.name for field in vocabulary(PERSON, viewer).fields}
    made = defining.create_field(
        actor=ANNA, kind=PERSON, type="text", label={"en": "Colour"}, filterable=True
    )
    assert {column.name for column in offered(PERSON, viewer)} - before == {made.name}
    assert {field.name for field in vocabulary(PERSON, viewer).fields} - words == {made.name}


def test_it_says_everything_in_the_language_of_the_moment() -> None:
    viewer = replace(ANNA)

    @once_for_viewer
    def make(kind: RecordType, viewer: Viewer) -> str:
        return kind.title

    with translation.override("de"):
        assert make(PERSON, viewer) == "Personen"
    with translation.override("en"):
        assert make(PERSON, viewer) == "Persons"


def test_what_was_made_for_one_viewer_is_not_what_another_sees() -> None:
    viewer = replace(ANNA)
    assert "source" in {column.name for column in offered(PERSON, viewer)}
    hidden = MappingProxyType({"crm.person": frozenset({"source"})})
    less = replace(viewer, hidden=hidden)
    assert "source" not in {column.name for column in offered(PERSON, less)}
