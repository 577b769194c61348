"""Which value wins, without files and without the engine."""

from __future__ import annotations

from typing import Any

import pytest

from kundenkreis.integrations.crm.folder.comparing import Pair
from kundenkreis.integrations.crm.folder.drafts import ORGANISATION, PERSON, Draft
from kundenkreis.integrations.crm.folder.grouping import Groups, Names
from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.integrations.crm.folder.settling import NEWEST, Rule, settle


def said(part: int, changed: str = "", **values: str) -> Draft:
    return Draft(PERSON, part, part + 2, part, values, changed=changed)


def won(drafts: list[Draft], **rule: Any) -> tuple[dict[str, str], list[str]]:
    pk = 7 if any(one.part == BASE_PART for one in drafts) else None
    made, conflicts = settle("person:0", PERSON, drafts, pk, Rule(**{"order": (0, 1, 2), **rule}))
    return {name: text for name, (text, _part) in made.values.items()}, [c.field for c in conflicts]


def test_the_first_source_wins_and_the_others_fill_what_it_leaves_open() -> None:
    drafts = [said(1, last_name="Kern", profession="Optiker"), said(0, last_name="Kerner")]
    assert won(drafts) == ({"last_name": "Kerner", "profession": "Optiker"}, ["last_name"])
    assert won(drafts, order=(1, 0))[0]["last_name"] == "Kern"


def test_whoever_was_changed_last_wins_where_that_is_asked_for() -> None:
    drafts = [
        said(0, "2024-01-01", last_name="Alt"),
        said(1, "2026-01-01", last_name="Neu"),
        said(2, last_name="Nie"),
    ]
    assert won(drafts)[0]["last_name"] == "Alt"
    assert won(drafts, by=NEWEST)[0]["last_name"] == "Neu"


def test_what_is_there_wins_unless_it_is_put_behind() -> None:
    drafts = [said(0, last_name="Datei"), said(BASE_PART, last_name="Bestand")]
    assert won(drafts, order=(BASE_PART, 0))[0]["last_name"] == "Bestand"
    assert won(drafts, order=(0, BASE_PART))[0]["last_name"] == "Datei"


def test_a_choice_beats_the_order() -> None:
    drafts = [said(0, last_name="Kern"), said(1, last_name="Kerner")]
    assert won(drafts, picks={"person:0:last_name": 1})[0]["last_name"] == "Kerner"
    assert won(drafts, picks={"person:0:last_name": 99})[0]["last_name"] == "Kern"


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [("Mueller", "Müller", "Müller"), ("WEISS", "Weiß", "Weiß"), ("Kern", "kern ", "Kern")],
)
def test_spellings_of_the_same_name_are_no_conflict(one: str, other: str, kept: str) -> None:
    assert won([said(0, last_name=one), said(1, last_name=other)]) == ({"last_name": kept}, [])


def test_an_initial_contradicts_nobody() -> None:
    assert won([said(0, first_name="A."), said(1, first_name="Anna")]) == (
        {"first_name": "Anna"},
        [],
    )


def test_every_address_stays_and_one_is_preferred() -> None:
    def at(part: int, street: str) -> Draft:
        way = {
            "kind": "postal",
            "value": "",
            "label": "",
            "use": "",
            "street": street,
            "postal_code": "07743",
            "town": "Jena",
            "country": "DE",
        }
        return Draft(ORGANISATION, part, 1, part, {"name": "Firma"}, [way])

    drafts = [at(0, "Weg 1"), at(1, "Gasse 2"), at(2, "Weg  1")]
    made, conflicts = settle("organisation:0", ORGANISATION, drafts, None, Rule((0, 1, 2)))
    assert [(way["street"], way["primary"]) for way in made.ways] == [
        ("Weg 1", True),
        ("Gasse 2", False),
    ]
    assert [one.field for one in conflicts] == ["postal"]
    picks = {"organisation:0:postal": 1}
    made, _conflicts = settle(
        "organisation:0", ORGANISATION, drafts, None, Rule((0, 1, 2), picks=picks)
    )
    assert made.ways[0]["street"] == "Gasse 2"


def pair(left: str, right: str, same: bool = True) -> Pair:
    return Pair(left, right, 0.99, same, [])


def test_two_records_of_the_base_are_never_made_one() -> None:
    groups = Groups()
    left = groups.judge([pair("1", "b5"), pair("1", "b6"), pair("b5", "b6")], set(), set())
    assert groups.base_of("1") == "b5"
    assert groups.root("b6") != groups.root("1")
    assert [one.right for one in left] == ["b6"]


def test_what_somebody_says_of_a_pair_counts() -> None:
    groups = Groups()
    assert groups.judge([pair("1", "2"), pair("3", "4", same=False)], {"3|4"}, {"1|2"}) != []
    assert groups.root("1") != groups.root("2")
    assert groups.root("3") == groups.root("4")


def test_a_mention_means_the_only_organisation_of_that_name() -> None:
    groups, names = Groups(), Names()
    names.add("1", "Uhlig GmbH", ["Jena"])
    names.add("2", "Krüger GmbH", ["Erfurt"])
    names.add("3", "Krüger KG", ["Gera"])
    assert names.find("Uhlig", "", groups.root) == "1"
    assert names.find("Uhlig GmbH", "Köln", groups.root) == ""
    assert names.find("Uhlig KG", "", groups.root) == ""
    assert names.find("Krueger KG", "", groups.root) == "3"
    assert names.find("Krüger", "", groups.root) == ""
    assert names.find("Krüger", "Gera", groups.root) == "3"
