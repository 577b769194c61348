"""How customers stand to each other: people and organisations, both ways."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import pytest

from kundenkreis.crm.people import commands, queries, relation_commands
from kundenkreis.crm.people.models import Person, Relation, RelationKind
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)
create_organisation = commands.create_organisation


def make_person(name: str, **values: object) -> Person:
    return commands.create_person(actor=ANNA, last_name=name, **values)


def of(slug: str) -> RelationKind:
    return RelationKind.objects.get(slug=slug)


def test_a_relation_reads_from_both_sides() -> None:
    anna, ben = make_person("Anna"), make_person("Ben")
    relation_commands.add_relation(actor=ANNA, person=anna, kind=of("recommended"), other=ben)
    (tie,) = queries.relations_of(ANNA, anna)
    (back,) = queries.relations_of(ANNA, ben)
    assert (tie.words, tie.other) == ("recommended us to", ben)
    assert (back.words, back.other) == ("came to us through", anna)


def test_a_relation_needs_two_people_and_is_noted_once() -> None:
    anna, ben = make_person("Anna"), make_person("Ben")
    with pytest.raises(DomainError):
        relation_commands.add_relation(actor=ANNA, person=anna, kind=of("knows"), other=anna)
    write.create(named("relation"), ANNA, {"person": anna, "kind": of("knows"), "other": ben})
    with pytest.raises(DomainError):
        write.create(named("relation"), ANNA, {"person": anna, "kind": of("knows"), "other": ben})
    assert Relation.objects.count() == 1


def test_a_relation_is_unknown_to_whoever_may_not_read_one_of_the_two() -> None:
    anna, ben = make_person("Anna", owner_id=7), make_person("Ben", owner_id=8)
    relation_commands.add_relation(actor=ANNA, person=anna, kind=of("knows"), other=ben)
    grants = {"crm.person.read": Level.OWN, "crm.relation.read": Level.ALL}
    seven = Viewer("Sieben", 7, grants=MappingProxyType(grants))
    assert queries.relations_of(seven, anna) == []
    assert queries.relations_of(ANNA, anna)


def test_organisations_and_people_stand_to_each_other_too() -> None:
    anna, firm = make_person("Anna"), create_organisation(actor=ANNA, name="Zeiss")
    other = create_organisation(actor=ANNA, name="Abbe")
    add = relation_commands.add_relation
    add(actor=ANNA, organisation=firm, kind=of("supplies"), other_organisation=other, source="fair")
    add(actor=ANNA, person=anna, kind=of("advises"), other_organisation=firm)
    over = add(
        actor=ANNA, organisation=firm, kind=of("cooperates"), other_organisation=other,
        until=date(2020, 1, 1),
    )  # fmt: skip
    ties = [(tie.words, str(tie.other), tie.over) for tie in queries.relations_of(ANNA, firm)]
    assert ties == [
        ("is advised by", "Anna", False),
        ("supplies", "Abbe", False),
        ("works together with", "Abbe", True),
    ]
    assert next(tie.words for tie in queries.relations_of(ANNA, other)) == "is supplied by"
    assert str(over) == "Zeiss works together with Abbe"


@pytest.mark.parametrize(
    "ends",
    [
        {"kind": "knows"},
        {"kind": "knows", "person": "anna", "organisation": "firm", "other": "ben"},
        {"kind": "partner", "person": "anna", "other_organisation": "firm"},
        {"kind": "supplies", "organisation": "firm", "other_organisation": "firm"},
    ],
)
def test_a_relation_that_makes_no_sense_is_refused(ends: dict[str, str]) -> None:
    firm = create_organisation(actor=ANNA, name="Zeiss")
    known = {"anna": make_person("Anna"), "ben": make_person("Ben"), "firm": firm}
    with pytest.raises(DomainError):
        relation_commands.add_relation(
            actor=ANNA,
            kind=of(ends.pop("kind")),
            **{name: known[text] for name, text in ends.items()},
        )


def test_a_relation_to_an_organisation_one_may_not_read_is_not_known() -> None:
    anna, firm = make_person("Anna", owner_id=7), create_organisation(actor=ANNA, name="Zeiss")
    relation_commands.add_relation(
        actor=ANNA, person=anna, kind=of("advises"), other_organisation=firm
    )
    grants = {"crm.person.read": Level.OWN, "crm.relation.read": Level.ALL}
    seven = Viewer("Sieben", 7, grants=MappingProxyType(grants))
    assert queries.relations_of(seven, anna) == []
    assert not named("relation").rows(seven).exists()
    assert queries.relations_of(ANNA, anna)


def test_relations_of_an_organisation_follow_its_merge_and_come_back() -> None:
    one, two = (create_organisation(actor=ANNA, name=name) for name in ("Zeiss", "Carl Zeiss"))
    other = create_organisation(actor=ANNA, name="Abbe")
    add = relation_commands.add_relation
    add(actor=ANNA, organisation=two, kind=of("supplies"), other_organisation=other)
    add(actor=ANNA, organisation=other, kind=of("recommended"), other_organisation=two)
    add(actor=ANNA, organisation=one, kind=of("cooperates"), other_organisation=two)
    done = merge(actor=ANNA, kind=named("organisation"), kept_id=one.pk, gone_id=two.pk)
    assert [tie.words for tie in queries.relations_of(ANNA, one)] == [
        "came to us through",
        "supplies",
    ]
    undo(ANNA, Side.CRM, done.batch)
    assert [tie.words for tie in queries.relations_of(ANNA, one)] == ["works together with"]
    assert len(queries.relations_of(ANNA, two)) == 3
