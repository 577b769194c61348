"""What customers can be to each other is the company's own list."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.crm.people import commands, panels, queries, relation_commands
from kundenkreis.crm.people.models import Person, Relation, RelationKind
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, testing, write
from kundenkreis.records.fields import info
from kundenkreis.records.lists.choices import offered
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.past.history import steps

pytestmark = pytest.mark.django_db(databases=CRM)
RELATION = named("relation")
End = RelationKind.End
ENDS = st.sampled_from(End.values)
BOTH = st.booleans()


def person(name: str) -> Person:
    return commands.create_person(actor=ANNA, last_name=name)


def kind(**values: Any) -> RelationKind:
    given = {"label": {"de": "leitet an", "en": "mentors"}, **values}
    made: RelationKind = write.create(named("relationkind"), ANNA, given)
    return made


def shipped(slug: str) -> RelationKind:
    return RelationKind.objects.get(slug=slug)


def choices(*, firms: bool = False) -> list[str]:
    return [label for _value, label in panels.relation_choices(ANNA, firms=firms)]


def test_the_shipped_kinds_read_in_both_languages_and_from_both_sides() -> None:
    assert RelationKind.objects.count() == 10
    with translation.override("de"):
        assert str(shipped("parent")) == "ist Elternteil von"
        assert shipped("parent").from_other == "ist Kind von"
    assert shipped("knows").from_other == str(shipped("knows")) == "knows"


def test_a_kind_of_the_companys_own_is_offered_and_read_from_both_sides() -> None:
    mentors = kind(turned={"de": "wird angeleitet von", "en": "is mentored by"})
    assert {"mentors", "is mentored by"} <= set(choices())
    anna, ben = person("Anna"), person("Ben")
    relation_commands.add_relation(actor=ANNA, person=anna, kind=mentors, other=ben)
    (tie,) = queries.relations_of(ANNA, ben)
    assert (tie.words, tie.other) == ("is mentored by", anna)


def test_a_menu_offers_only_what_somebody_can_be() -> None:
    kind(label={"en": "employs"}, turned={"en": "works for"}, begins="organisation", ends="person")
    assert "works for" in choices()
    assert "employs" not in choices()
    assert "employs" in choices(firms=True)
    assert "works for" not in choices(firms=True)
    assert "is a parent of" not in choices(firms=True)


def test_an_archived_kind_is_not_offered_and_stays_where_it_is() -> None:
    anna, ben = person("Anna"), person("Ben")
    knows = shipped("knows")
    tie = relation_commands.add_relation(actor=ANNA, person=anna, kind=knows, other=ben)
    write.change(named("relationkind"), ANNA, knows.pk, None, {"archived": True})
    knows.refresh_from_db()
    assert "knows" not in choices()
    with pytest.raises(DomainError, match="not offered"):
        relation_commands.add_relation(actor=ANNA, person=ben, kind=knows, other=person("Cem"))
    write.change(named("relation"), ANNA, tie.pk, None, {"note": "since school"})
    assert queries.relations_of(ANNA, anna)[0].words == "knows"


def test_a_kind_in_use_is_not_deleted() -> None:
    mentors = kind()
    relation_commands.add_relation(
        actor=ANNA, person=person("Anna"), kind=mentors, other=person("Ben")
    )
    with pytest.raises(write.StillUsed):
        write.remove(named("relationkind"), ANNA, mentors.pk)


def test_two_kinds_of_one_name_would_be_one_in_files() -> None:
    with pytest.raises(DomainError, match="called so"):
        kind(label={"de": "KENNT"})
    with pytest.raises(DomainError, match="called so"):
        write.change(
            named("relationkind"), ANNA, shipped("advises").pk, None, {"label": {"en": "Knows"}}
        )
    write.change(named("relationkind"), ANNA, shipped("knows").pk, None, {"label": {"en": "Knows"}})


def test_only_administrators_change_what_kinds_there_are() -> None:
    grants = {"crm.*.read": Level.ALL, "crm.relation.*": Level.ALL}
    ben = Viewer("Ben", 2, grants=MappingProxyType(grants))
    with pytest.raises(NotAllowed):
        write.create(named("relationkind"), ben, {"label": {"en": "mentors"}})
    with pytest.raises(NotAllowed):
        write.change(named("relationkind"), ben, shipped("knows").pk, None, {"archived": True})


def test_what_reads_the_same_from_both_is_noted_once_whoever_is_named_first() -> None:
    anna, ben = person("Anna"), person("Ben")
    add = relation_commands.add_relation
    add(actor=ANNA, person=anna, kind=shipped("knows"), other=ben)
    with pytest.raises(DomainError, match="known already"):
        add(actor=ANNA, person=ben, kind=shipped("knows"), other=anna)
    add(actor=ANNA, person=anna, kind=shipped("advises"), other=ben)
    add(actor=ANNA, person=ben, kind=shipped("advises"), other=anna)
    assert Relation.objects.count() == 3


def test_a_relation_cannot_be_changed_into_one_that_makes_no_sense() -> None:
    anna = person("Anna")
    firm = commands.create_organisation(actor=ANNA, name="Zeiss")
    tie = relation_commands.add_relation(
        actor=ANNA, person=anna, kind=shipped("advises"), other_organisation=firm
    )
    for values in (
        {"kind": shipped("parent")},
        {"other_organisation": None},
        {"organisation": firm},
    ):
        with pytest.raises(DomainError):
            write.change(named("relation"), ANNA, tie.pk, None, values)
    write.change(named("relation"), ANNA, tie.pk, None, {"kind": shipped("represents")})


def test_what_history_says_of_a_kind_that_was_a_word_is_read_by_its_name() -> None:
    anna, ben = person("Anna"), person("Ben")
    tie = relation_commands.add_relation(actor=ANNA, person=anna, kind=shipped("knows"), other=ben)
    change = AuditChange.objects.using("default").get(entry__target=f"crm.relation:{tie.pk}")
    change.fields["kind"] = [None, "recommended"]
    AuditChange.objects.using("default").filter(pk=change.pk).update(fields=change.fields)
    (step,), _more = steps(named("relation"), ANNA, tie)
    assert "recommended us to" in {line.after for line in step.lines}


def test_a_file_names_a_kind_in_either_language_and_finds_what_is_noted() -> None:
    person("Anna")
    person("Ben")
    file = "Person;Relation;Other person;Note\nAnna;{};Ben;{}\n"
    for text, note in (("Berät", "first"), ("advises", "second")):
        transfer = testing.brought(RELATION, file.format(text, note))
        done = testing.ran(
            RELATION, testing.checked(RELATION, transfer, keys=["person+kind+other"], mode="both")
        )
        assert done.state == "done"
    (tie,) = Relation.objects.all()
    assert (tie.kind.slug, tie.note) == ("advises", "second")


def test_lists_are_narrowed_to_a_kind_that_a_menu_offers() -> None:
    anna, ben = person("Anna"), person("Ben")
    for slug in ("knows", "advises"):
        relation_commands.add_relation(actor=ANNA, person=anna, kind=shipped(slug), other=ben)
    labels = [label for _pk, label in offered(info(Relation, "kind"), ANNA)]
    assert "knows" in labels
    asked = QueryDict(f"kind={shipped('knows').pk}")
    rows, _filters = narrowed(RELATION, ANNA, asked, "/")
    assert [str(one.kind) for one in rows] == ["knows"]


@given(begins=ENDS, ends=ENDS, symmetric=BOTH, one=BOTH, other=BOTH)
def test_a_kind_fits_whom_its_menus_offer_it_to(
    begins: str, ends: str, symmetric: bool, one: bool, other: bool
) -> None:
    made = RelationKind(begins=begins, ends=ends, turned={} if symmetric else {"en": "back"})
    fits = made.fits(person=one, other=other)
    if fits:
        assert made.offers(person=one)[0]
        assert made.offers(person=other)[1]
    if symmetric:
        assert fits is made.fits(person=other, other=one)
    plainly = _can_be(begins, one) and _can_be(ends, other)
    turned = _can_be(begins, other) and _can_be(ends, one)
    assert fits is (plainly or (symmetric and turned))


def _can_be(end: str, person: bool) -> bool:
    return end == "anybody" or (end == "person") is person
