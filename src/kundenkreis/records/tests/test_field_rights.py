"""A hidden field is known nowhere and found by nobody; a locked one is changed by no door."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict

from kundenkreis.crm.accounts.queries import field_rights, levels_of
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.models import ContactDetail, Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.models import Opportunity, Stage
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import access, search, store, withheld
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.custom import defining
from kundenkreis.records.exchange.exporting import csv_file, export
from kundenkreis.records.exchange.mapping import targets
from kundenkreis.records.fieldrights import may_restrict
from kundenkreis.records.forms import form_names
from kundenkreis.records.lists.filters import read
from kundenkreis.records.lists.listing import Listing, listing
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.page.facts import editable_names, sections
from kundenkreis.records.past.bin import deleted
from kundenkreis.records.past.history import steps
from kundenkreis.records.past.undo import undo
from kundenkreis.records.search import hiding
from kundenkreis.records.search.finding import suggestions

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, FIRM, SALE = named("person"), named("organisation"), named("opportunity")


def without(*names: str, of: str = "person") -> Viewer:
    """Anna, from whom these fields of a type are hidden."""
    return replace(ANNA, hidden=MappingProxyType({f"crm.{of}": frozenset(names)}))


def reading(*names: str, of: str = "person") -> Viewer:
    """Anna, who may not change these fields of a type."""
    return replace(ANNA, locked=MappingProxyType({f"crm.{of}": frozenset(names)}))


@pytest.fixture
def person() -> Person:
    return people.create_person(
        actor=ANNA, first_name="Jana", last_name="Weiß", email="jana@example.org",
        phone="030 4711999", source="Messe", legal_basis="contract", customer_number="K17",
    )  # fmt: skip


@pytest.fixture
def sale(person: Person) -> Opportunity:
    sales.ship_pipeline(actor=SYSTEM)
    return sales.create_opportunity(
        actor=ANNA, title="Lasermesskopf", person=person, value_minor=1840000, source="Messe"
    )


def listed(kind: Any, viewer: Viewer, **query: Any) -> Listing:
    return listing(kind, viewer, QueryDict(urlencode(query)), kind.url())


def lines(kind: Any, viewer: Viewer, parameters: QueryDict) -> list[str]:
    return list(csv_file(export(kind, viewer, parameters, "csv")))


def told(kind: Any, viewer: Viewer) -> str:
    """What list, file, record page and history say."""
    found = listed(kind, viewer)
    texts = [*map(str, found.rows), *found.totals, *lines(kind, viewer, QueryDict())]
    for record in kind.rows(viewer):
        texts += [str(fact) for part in sections(kind, viewer, record) for fact in part["facts"]]
        texts += [str(step.lines) for step in steps(kind, viewer, record)[0]]
        texts.append(kind.subtitle(record))
    return "\n".join(texts)


CASES = [
    (PERSON, "phone", "4711999"),
    (PERSON, "email", "jana@example.org"),
    (PERSON, "source", "Messe"),
    (PERSON, "legal_basis", "Contract"),
    (SALE, "value_minor", "18,400"),
]


@pytest.mark.parametrize(("kind", "name", "text"), CASES, ids=lambda one: str(one)[:12])
def test_it_tells_a_hidden_field_to_nobody_it_is_hidden_from(
    sale: Opportunity, kind: Any, name: str, text: str
) -> None:
    viewer = without(name, of=kind.name)
    assert text in told(kind, ANNA)
    assert text not in told(kind, viewer)
    assert text not in told(kind, replace(viewer, grants={"crm.*.*": access.Level.ALL}))


def test_a_name_is_found_however_many_have_it_where_one_may_not_look(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hiding, "LOOKED_AT", 2)
    for n in range(5):
        people.create_person(actor=ANNA, last_name=f"Lang {n}", email=f"weiss{n}@example.org")
    if connection.vendor == "postgresql" and not search._has_trigrams(Side.CRM):
        pytest.skip("this server lacks the extension pg_trgm")
    assert listed(PERSON, ANNA, q="weiss").count == 6
    assert "Jana Weiß" in str(listed(PERSON, without("email"), q="weiss").rows)
    assert listed(PERSON, without("email"), q="weiss").count == 1
    # The newest of those that match by what may be known.
    assert [f"Lang {n}" in str(listed(PERSON, without("phone"), q="lang").rows) for n in (0, 4)] == [
        False, True,
    ]  # fmt: skip


def test_it_would_notice_rows_that_come_with_what_is_hidden(
    sale: Opportunity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withheld, "without_parts", lambda rows, names: rows)
    assert "jana@example.org" in told(PERSON, without("email"))  # the name below the title


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("4711999", "phone"), ("+49 30 4711", "phone"), ("jana@example.org", "email")],
)
def test_it_finds_nobody_by_a_text_that_is_hidden(person: Person, text: str, hidden: str) -> None:
    for viewer, found in ((ANNA, 1), (without(hidden), 0), (without("source"), 1)):
        assert listed(PERSON, viewer, q=text).count == found
        assert len(suggestions(PERSON, viewer, text)) == found
    assert listed(PERSON, without(hidden), q="weiss jana").count == 1
    assert listed(PERSON, without(hidden), q="k17").count == 1


@pytest.mark.parametrize("query", ["sort=source", "source=Messe", "source=Nichts"])
def test_it_neither_sorts_nor_filters_by_a_hidden_field(person: Person, query: str) -> None:
    people.create_person(actor=ANNA, last_name="Zorn", source="Aal")
    parameters = QueryDict(query)
    hidden = without("source")
    assert in_order(hidden, parameters) == in_order(hidden, QueryDict())
    assert in_order(ANNA, parameters) != in_order(ANNA, QueryDict())
    if "sort" in query:
        # The first line of a file says when it was made.
        assert lines(PERSON, hidden, parameters)[1:] == lines(PERSON, hidden, QueryDict())[1:]
    else:  # a file of more than was asked for is none, whatever the value
        with pytest.raises(DomainError, match="A field that it names is not there"):
            lines(PERSON, hidden, parameters)


def in_order(viewer: Viewer, parameters: QueryDict) -> list[str]:
    return [row.split("/")[3] for row in listing(PERSON, viewer, parameters, "/").rows]


def test_a_condition_on_a_hidden_field_is_one_on_no_field_at_all(person: Person) -> None:
    def problem(viewer: Viewer, field: str) -> str:
        tree = {"type": "compare", "field": field, "op": "is", "value": "Messe"}
        where = json.dumps({"v": 1, "where": tree})
        return str(read(PERSON, viewer, QueryDict(urlencode({"where": where})), "/").problem)

    hidden = without("source")
    assert problem(ANNA, "source") == ""
    assert problem(hidden, "source").replace("source", "nonsense") == problem(hidden, "nonsense")
    assert "source" not in [menu.name for menu in read(PERSON, hidden, QueryDict(), "/").menus]


def test_it_says_nothing_of_steps_that_changed_hidden_fields_only(person: Person) -> None:
    write.change(PERSON, ANNA, person.pk, None, {"source": "Empfehlung"})
    assert (
        len(steps(PERSON, ANNA, person)[0]) == len(steps(PERSON, without("source"), person)[0]) + 1
    )


def test_it_offers_no_input_for_what_may_not_be_set(person: Person) -> None:
    for viewer in (without("phone", "source"), reading("phone", "source")):
        assert not {"phone", "source"} & set(form_names(PERSON, viewer))
        assert not {"phone", "source"} & {name for name, _label in targets(PERSON, viewer)}
        assert "source" not in editable_names(PERSON, viewer, person)
        with pytest.raises((NotAllowed, NotFound)):
            Edit(PERSON, viewer, person.pk, ["source"])
    assert "source" in editable_names(PERSON, ANNA, person)


@pytest.mark.parametrize("viewer", [without("source", "phone"), reading("source", "phone")])
def test_no_door_changes_what_may_not_be_set(person: Person, viewer: Viewer) -> None:
    entries = store.stored(PERSON.side, AuditEntry).count()
    phone = person.contact_details.get(kind="phone").pk

    def refused(write_it: Any) -> None:
        with pytest.raises(NotAllowed):
            write_it()

    refused(lambda: write.change(PERSON, viewer, person.pk, None, {"source": "x"}))
    refused(lambda: write.create(PERSON, viewer, {"last_name": "Neu", "source": "x"}))
    refused(lambda: people.create_person(actor=viewer, last_name="Neu", phone="030 1"))
    number = {"contact_detail_id": phone}
    refused(lambda: contact_commands.change_contact_detail(actor=viewer, value="030 2", **number))
    refused(lambda: contact_commands.prefer_contact_detail(actor=viewer, **number))
    refused(lambda: contact_commands.remove_contact_detail(actor=viewer, **number))
    refused(
        lambda: contact_commands.add_contact_detail(
            actor=viewer, holder=person, kind="phone", value="030 3"
        )
    )
    assert store.stored(PERSON.side, AuditEntry).count() == entries
    assert Person.objects.count() == 1
    write.change(PERSON, viewer, person.pk, None, {"first_name": "Johanna", "source": "Messe"})
    contact_commands.add_contact_detail(
        actor=viewer, holder=person, kind="email", value="j@example.org"
    )


def test_what_a_rule_sets_needs_no_right_of_whoever_follows_it(sale: Opportunity) -> None:
    viewer = reading("closed_on", "stage_since", "opened_on", "owner_id", of="opportunity")
    won = Stage.objects.get(slug="won")
    moved = sales.move_opportunity(actor=viewer, opportunity_id=sale.pk, stage_id=won.pk)
    assert moved.closed_on
    assert sales.create_opportunity(actor=viewer, title="Neu").owner_id == viewer.user_id
    with pytest.raises(NotAllowed):
        sales.create_opportunity(actor=viewer, title="Neu", owner_id=7)


def test_a_note_about_what_somebody_sees_in_part_is_about_the_whole(sale: Opportunity) -> None:
    viewer = without("person", of="opportunity")
    record = SALE.one(viewer, sale.pk)
    assert record.person is None
    add_activity(actor=viewer, about=record, text="Called")
    assert sale.person is not None
    assert sale.person.timeline.filter(kind="note").count() == 1


def test_it_takes_back_nothing_of_fields_that_the_actor_may_not_set(person: Person) -> None:
    write.change(PERSON, ANNA, person.pk, None, {"source": "x", "first_name": "y"})
    batch = store.stored(PERSON.side, AuditEntry).latest("id").batch
    for viewer in (reading("source"), without("source")):
        with pytest.raises(NotAllowed):
            undo(viewer, PERSON.side, batch)
    assert undo(ANNA, PERSON.side, batch).count == 1


def test_the_bin_calls_a_record_by_what_may_be_known_of_it() -> None:
    nameless = people.create_person(actor=ANNA, customer_number="K4711")
    write.remove(PERSON, ANNA, nameless.pk)
    assert "K4711" in deleted(PERSON, ANNA)[0][0].title
    assert "K4711" not in deleted(PERSON, without("customer_number"))[0][0].title


def test_related_rows_come_without_what_is_hidden_of_them(sale: Opportunity) -> None:
    firm = people.create_organisation(actor=ANNA, name="Werk", source="Geheim")
    sales.change_opportunity(actor=ANNA, opportunity_id=sale.pk, organisation=firm)
    hidden = without("source", of="organisation")
    assert SALE.one(ANNA, sale.pk).organisation.source == "Geheim"
    assert SALE.one(hidden, sale.pk).organisation.source == ""
    team = replace(hidden, grants={"crm.*.*": access.Level.OWN})
    assert SALE.one(team, sale.pk).organisation.source == ""
    assert Organisation.objects.get(pk=firm.pk).source == "Geheim"


def test_a_field_of_the_companys_own_is_hidden_like_any_other(person: Person) -> None:
    defining.create_field(actor=ANNA, kind=PERSON, type="text", label={"en": "Shoe size"})
    defining.create_field(actor=ANNA, kind=PERSON, type="text", label={"en": "Hobby"})
    size, hobby = "custom__shoe_size", "custom__hobby"
    write.change(PERSON, ANNA, person.pk, None, {size: "Geheim 43", hobby: "Schach"})
    assert "Geheim 43" in told(PERSON, ANNA)
    assert "Geheim 43" not in told(PERSON, without(size))
    assert "Schach" in told(PERSON, without(size))
    hidden = PERSON.one(without(size), person.pk)
    assert (getattr(hidden, size), getattr(hidden, hobby)) == (None, "Schach")
    for viewer in (without(size), reading(size)):
        with pytest.raises(NotAllowed):
            write.change(PERSON, viewer, person.pk, None, {size: "44"})
        write.change(PERSON, viewer, person.pk, None, {hobby: viewer.name})
    assert getattr(Person.objects.get(pk=person.pk), size) == "Geheim 43"
    assert may_restrict("crm.person", size, "hidden")


def test_of_several_roles_the_widest_counts() -> None:
    def rights(*roles: tuple[dict[str, str], dict[str, dict[str, str]]]) -> tuple[Any, Any]:
        hidden, locked = field_rights([(levels_of(grants), fields) for grants, fields in roles])
        return dict(hidden), dict(locked)

    hides = {"crm.person": {"phone": "hidden", "source": "locked"}}
    narrow = ({"crm.person.*": "team"}, hides)
    both = frozenset({"phone", "source"})
    assert rights(narrow) == ({"crm.person": frozenset({"phone"})}, {"crm.person": both})
    # A role that gives nothing about persons does not widen what may be known of them.
    assert rights(narrow, ({"crm.order.*": "all"}, {})) == rights(narrow)
    reader: tuple[dict[str, str], dict[str, dict[str, str]]] = ({"crm.*.read": "own"}, {})
    assert rights(narrow, reader) == ({}, {"crm.person": both})
    assert rights(narrow, ({"*.*.*": "all"}, {})) == ({}, {})


def test_a_part_stands_for_a_field_of_what_it_belongs_to(person: Person) -> None:
    detail = ContactDetail.objects.get(kind="phone")
    assert withheld.fields_of(detail) == [(Person, "phone")]
    assert withheld.fields_of(person) == []
    with store.group(PERSON.side, "test"), pytest.raises(NotAllowed):
        store.change(without("phone"), detail, label="x")
