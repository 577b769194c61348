"""Whatever happened to a person before: what was wrong and was taken out is nowhere, and comes back
by nothing but a hand."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.commands import create_organisation, create_person
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.protection.commands import note_request
from kundenkreis.crm.work.commands import add_activity, change_activity
from kundenkreis.dossier import rectifying
from kundenkreis.dossier.former import Former, former
from kundenkreis.dossier.rectifying import rectify
from kundenkreis.dossier.tests.test_erasure import texts
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from kundenkreis.records import named
from kundenkreis.records.custom import defining
from kundenkreis.records.merging.commands import merge, merges_of, unmerge
from kundenkreis.records.past.as_of import values_at
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=BOTH)
KIND = named("person")
FILE = ANNA.through("import")
NUMBERS = count(1)
STEPS = st.lists(
    st.sampled_from(["name", "own", "role", "leave", "note", "mail", "merge", "part", "undo"]),
    min_size=3,
    max_size=9,
)


def unique(what: str) -> str:
    return f"{what}{next(NUMBERS):05}zq"


class Story:
    """A person to whom things happen; every word that is ever written of them is another one."""

    def __init__(self, own: str) -> None:
        self.own, self.batches, self.at = own, [], [clock.now()]
        self.firm = create_organisation(actor=ANNA, name=unique("firm"))
        self.person = create_person(
            actor=ANNA, last_name=unique("name"), email=f"{unique('mail')}@example.org"
        )
        self.role: Any = None
        self.note = add_activity(actor=ANNA, text=unique("note"), about=self.person)

    def do(self, step: str) -> None:
        with contextlib.suppress(DomainError), store.group(Side.CRM, "test") as unit:
            getattr(self, step)()
            self.batches.append(str(unit.batch))
        self.at.append(clock.now())

    def change(self, **values: Any) -> None:
        store.change(ANNA, store.lock(Person, self.person.pk), **values)

    def name(self) -> None:
        self.change(last_name=unique("name"))

    def own_(self) -> None:
        self.change(**{self.own: unique("own")})

    def role_(self) -> None:
        self.role = contact_commands.add_affiliation(
            actor=ANNA, person=self.person, organisation=self.firm, function=unique("role")
        )

    def leave(self) -> None:
        if self.role is not None:
            contact_commands.remove_affiliation(actor=ANNA, affiliation_id=self.role.pk)
            self.role = None

    def note_(self) -> None:
        change_activity(actor=ANNA, activity_id=self.note.pk, version=None, text=unique("note"))

    def mail(self) -> None:
        contact_commands.set_contact_detail(
            actor=ANNA, holder=self.person, kind="email", value=f"{unique('mail')}@example.org"
        )

    def merge(self) -> None:
        other = create_person(actor=ANNA, last_name=unique("name"), **{self.own: unique("own")})
        merge(actor=ANNA, kind=KIND, kept_id=self.person.pk, gone_id=other.pk)

    def part(self) -> None:
        for one in merges_of(KIND, self.person.pk)[:1]:
            unmerge(actor=ANNA, kind=KIND, merge_id=one.pk)

    def undo(self) -> None:
        if self.batches:
            undo(ANNA, Side.CRM, self.batches[-1])


@settings(max_examples=12)
@given(steps=STEPS, taken=st.data())
def test_what_was_taken_out_is_nowhere_and_comes_back_by_nothing(
    steps: list[str], taken: st.DataObject
) -> None:
    own = defining.create_field(actor=ANNA, kind=KIND, type="text", label={"en": unique("label")})
    story = Story(own.name)
    for number, step in enumerate(steps):
        with clock.freeze(clock.now() + timedelta(minutes=number + 1)):
            story.do(f"{step}_" if step in ("own", "role", "note") else step)
    person = Person.objects.get(pk=story.person.pk)
    offered = former(ANNA, person)
    wrong = taken.draw(st.lists(st.sampled_from(offered), unique=True)) if offered else []
    wrong = [one for one in wrong if not isinstance(one.value, int)]
    if not wrong:
        return
    request = note_request(actor=ANNA, person=person, kind="rectification", identity="called back")
    there = texts(Side.CRM)
    assert all(str(one.value).casefold() in there for one in wrong)  # the control
    rectify(actor=ANNA, datarequest_id=request.pk, keys=[one.key for one in wrong])

    assert _left(wrong) == []
    for batch in reversed(story.batches):
        with contextlib.suppress(DomainError):
            undo(ANNA, Side.CRM, batch)
        assert _left(wrong) == []
    for one in merges_of(KIND, person.pk):
        unmerge(actor=ANNA, kind=KIND, merge_id=one.pk)
    assert _left(wrong) == []
    if (now := Person.objects.filter(pk=person.pk).first()) is not None:
        said = [str(values_at(KIND, now, at)).casefold() for at in story.at]
        assert not [one for one in wrong if any(str(one.value).casefold() in text for text in said)]
        for one in wrong:
            if one.model is Person:
                with pytest.raises(DomainError), store.group(Side.CRM, "test"):
                    store.change(FILE, store.lock(Person, now.pk), **{one.name: one.value})


def _left(wrong: list[Any]) -> list[str]:
    """The lines of the tables that still say one of the values."""
    lines = texts(Side.CRM).splitlines()
    return [line for line in lines if any(str(one.value).casefold() in line for one in wrong)]


def test_a_name_is_blacked_out_however_it_is_written() -> None:
    one = Former(Person, "last_name", "WEISS")
    for text, left in (
        ("Jana Weiß", "Jana •••"),
        ("weiss, Jana", "•••, Jana"),
        ("Weißenfels", "Weißenfels"),
        ("", ""),
    ):
        assert rectifying._blanked(text, one) == left
    odd = Former(Person, "first_name", "A.*(b) 𝒳")
    assert rectifying._blanked("zu A.*(B)  𝒳 gehört", odd) == "zu ••• gehört"
