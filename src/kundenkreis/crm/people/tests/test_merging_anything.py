"""Whatever two people have: merged, nothing of it is lost; parted, all is as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.crm.people import commands, contact_commands
from kundenkreis.crm.people.models import Organisation, Person, RelationKind
from kundenkreis.crm.people.tests.test_merging import PERSON, snapshot
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records import named, write
from kundenkreis.records.merging import references
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.models import Mark
from kundenkreis.records.page.marks import toggle
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

WHO = st.integers(0, 2)
DEEDS = st.tuples(
    st.sampled_from(
        ["mail", "phone", "call", "task", "deal", "tie", "role", "star", "fact", "tag"]
    ),
    WHO,
    WHO,
    st.sampled_from("xyz"),
)


def do(deed: tuple[str, int, int, str], people: list[Person], firms: list[Organisation]) -> None:
    """One thing that can happen to somebody; what is refused has not happened."""
    what, one, other, word = deed
    who, firm = people[one], firms[other % len(firms)]
    acts: dict[str, Callable[[], Any]] = {
        "mail": lambda: contact_commands.add_contact_detail(
            actor=ANNA, holder=who, kind="email", value=f"{word}@example.org"
        ),
        "phone": lambda: contact_commands.add_contact_detail(
            actor=ANNA, holder=who, kind="phone", value=f"030 123456{ord(word) % 10}"
        ),
        "call": lambda: add_activity(actor=ANNA, about=who, kind="call", text=word),
        "task": lambda: add_activity(actor=ANNA, about=who, kind="task", text=word),
        "deal": lambda: sales.create_opportunity(actor=ANNA, title=word, person=who),
        "tie": lambda: write.create(
            named("relation"), ANNA, {"person": who, "kind": RelationKind.objects.get(slug="knows"), "other": people[other]}
        ),
        "role": lambda: contact_commands.add_affiliation(
            actor=ANNA, person=who, organisation=firm, function=word
        ),
        "star": lambda: toggle(PERSON, ANNA, who.pk, Mark.What.STAR),
        "fact": lambda: write.create(
            named("characteristic"), ANNA,
            {"person": who, "kind": "concern", "text": word, "source": "x", "legal_basis": "interest"},
        ),
        "tag": lambda: write.change(PERSON, ANNA, who.pk, None, {"tags": [word]}),
    }  # fmt: skip
    try:
        acts[what]()
    except DomainError:
        return


def found() -> Counter[str]:
    """How much there is of everything that is no twin of something else."""
    counted: Counter[str] = Counter()
    for field in references.referring(Person):
        rows = field.model._default_manager.using("default")
        texts = [name for name in ("text", "title", "folded") if hasattr(field.model, name)]
        counted[field.model.__name__] = rows.values_list(*texts).distinct().count() if texts else 0
    return counted


MERGES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=5)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(DEEDS, max_size=8), merges=MERGES, early=st.integers(0, 4))
def test_merges_of_merged_ones_are_parted_one_after_the_other(
    before: list[tuple[str, int, int, str]], merges: list[tuple[int, int]], early: int
) -> None:
    """Whatever became part of what, backwards all is as it was at each step. One of them that is
    parted too early is refused and changes nothing, or takes only its own back."""
    with store.group(Side.CRM, "world"):
        sales.ship_pipeline(actor=ANNA)
        firms = [commands.create_organisation(actor=ANNA, name=name) for name in ("A", "B")]
        people = [commands.create_person(actor=ANNA, last_name=name) for name in "ABCD"]
    for deed in before:
        do(deed, people, firms)
    steps = []
    for kept, gone in merges:
        then = snapshot()
        try:
            done = merge(actor=ANNA, kind=PERSON, kept_id=people[kept].pk, gone_id=people[gone].pk)
        except DomainError:  # one of them is part of another already
            assert snapshot() == then
            continue
        steps.append((done.batch, then, people[kept].pk))
    if steps:
        batch, _then, kept = steps[early % len(steps)]
        if not Person.objects.using("default").filter(pk=kept).exists():
            there = snapshot()
            with pytest.raises(DomainError):
                undo(ANNA, Side.CRM, batch)
            assert snapshot() == there
    for batch, then, _kept in reversed(steps):
        assert not undo(ANNA, Side.CRM, batch).left
        assert snapshot() == then


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(DEEDS, max_size=12), pair=st.permutations(range(3)))
def test_a_merge_loses_nothing_and_parting_brings_everything_back(
    before: list[tuple[str, int, int, str]], pair: list[int]
) -> None:
    with store.group(Side.CRM, "world"):
        sales.ship_pipeline(actor=ANNA)
        firms = [commands.create_organisation(actor=ANNA, name=name) for name in ("A", "B")]
        people = [commands.create_person(actor=ANNA, last_name=name) for name in ("A", "B", "C")]
    for deed in before:
        do(deed, people, firms)
    then, there = snapshot(), found()

    done = merge(actor=ANNA, kind=PERSON, kept_id=people[pair[0]].pk, gone_id=people[pair[1]].pk)
    lost = {name for name, count in (there - found()).items() if count}
    assert not lost
    assert not undo(ANNA, Side.CRM, done.batch).left
    assert snapshot() == then
