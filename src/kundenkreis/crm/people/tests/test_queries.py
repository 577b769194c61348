from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kundenkreis.crm.people import commands, entries, queries
from kundenkreis.crm.people.contact_commands import add_affiliation
from kundenkreis.crm.people.contacting import known_of
from kundenkreis.crm.people.entries import timeline
from kundenkreis.crm.people.models import Affiliation, Person
from kundenkreis.crm.people.permissions import Statement, project_consent
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer, readable
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CRM
from kundenkreis.records import named, write

pytestmark = pytest.mark.django_db(databases=CRM)

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def happened(person: Person, count: int, kind: str = "visit") -> None:
    entries = [
        # Pairs share an instant: the order must hold among equals too.
        NewEntry(
            kind=kind,
            at=AT - timedelta(minutes=number // 2),
            key=f"{person.pk}{kind}{number}",
            person_id=person.pk,
        )
        for number in range(count)
    ]
    add_timeline_entries(actor=ANNA, entries=entries)


def test_it_reads_a_timeline_page_by_page_newest_first_without_gaps() -> None:
    person = commands.create_person(actor=ANNA, last_name="Weiß")
    happened(person, 2 * entries.PAGE + 5)
    seen, after = list[int](), ""
    for _ in range(5):
        page = timeline(ANNA, person, after)
        seen += [entry.pk for entry in page.rows]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 2 * entries.PAGE + 5
    assert timeline(ANNA, person, "nonsense").rows[0].pk == seen[0]


def test_it_shows_an_organisation_what_happened_with_its_people() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann")
    person = commands.create_person(actor=ANNA, last_name="Weiß", organisation=firm)
    other = commands.create_person(actor=ANNA, last_name="Kern")
    happened(person, 1)
    happened(other, 1)
    add_activity(actor=ANNA, about=firm, text="Messe")
    kinds = [entry.kind for entry in timeline(ANNA, firm).rows]
    assert sorted(kinds) == ["note", "visit"]


def test_it_keeps_the_steps_of_hidden_people_from_an_organisations_timeline() -> None:
    firm = commands.create_organisation(actor=ANNA, name="Bergmann", team_id=1)
    person = commands.create_person(actor=ANNA, last_name="Weiß", organisation=firm, team_id=2)
    happened(person, 1)
    assert timeline(BEN, firm).rows == []
    assert queries.contacts_of(BEN, firm) == []
    assert len(timeline(ANNA, firm).rows) == 1


def test_what_one_may_read_is_put_together_once_and_decided_each_time() -> None:
    person = commands.create_person(actor=ANNA, last_name="Weiß", owner_id=BEN.user_id)
    firm = commands.create_organisation(actor=ANNA, name="Kern GmbH", owner_id=ANNA.user_id)
    reader = replace(BEN, grants={"crm.*.read": Level.OWN})

    def seen(viewer: Viewer) -> list[str]:
        found = readable(viewer, Affiliation.objects.all())
        return [str(one.organisation) for one in found]

    add_affiliation(actor=ANNA, person=person, organisation=firm)
    assert seen(reader) == []
    write.change(named("organisation"), ANNA, firm.pk, None, {"owner_id": BEN.user_id})
    assert seen(reader) == ["Kern GmbH"]
    assert seen(replace(reader, user_id=ANNA.user_id)) == []


def test_it_shows_the_newest_statement_of_each_purpose_and_channel() -> None:
    with store.group(Side.CRM, "test"):
        person = store.create(ANNA, Person, last_name="Weiß", link_id=UUID(int=7))
    said = [
        Statement(
            "email", "a@x.org", "marketing", "email", True, AT - timedelta(days=2), UUID(int=7)
        ),
        Statement("link", str(UUID(int=7)), "marketing", "email", False, AT, UUID(int=7)),
        Statement("email", "b@x.org", "marketing", "email", True, AT, UUID(int=8)),
    ]
    project_consent(actor=ANNA, statements=said)
    known = known_of([person])[person.pk].statements
    assert [(row.channel, row.granted) for row in known] == [("email", False)]
