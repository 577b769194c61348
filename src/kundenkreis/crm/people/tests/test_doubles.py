"""The whole base is compared; people decide; what was decided stays decided."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from kundenkreis.crm.people import commands, contact_commands
from kundenkreis.crm.people.doubles import commands as doubles
from kundenkreis.crm.people.doubles import queries
from kundenkreis.crm.people.doubles.comparer import Comparer
from kundenkreis.crm.people.doubles.comparison import Comparison
from kundenkreis.crm.people.models import DuplicatePair, DuplicateRun, Organisation, Person
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON = named("person")


def person(first: str = "Jana", last: str = "Weiß", **values: Any) -> Person:
    return commands.create_person(actor=SYSTEM, first_name=first, last_name=last, **values)


def run(comparer: Comparer | None = None, seconds: float = 60) -> DuplicateRun:
    """What the worker does from a request to its end."""
    doubles.ask_for_run(actor=ANNA)
    comparer = comparer or Comparer()
    assert comparer.begin()
    until = time.monotonic() + seconds
    while comparer.busy() and time.monotonic() < until:
        if not comparer.go_on():
            time.sleep(0.05)
    found = DuplicateRun.objects.order_by("-id").first()
    assert found is not None
    return found


def kept(kind: str, *pairs: Sequence[Any], run: int = 1) -> list[DuplicatePair]:
    """Pairs as a run keeps them."""
    rows = [
        [one.pk, other.pk, score, "same", [["phone", "same", 7.2], ["last_name", "same", 5.0]]]
        for one, other, score in pairs
    ]
    doubles.keep_pairs(actor=SYSTEM, kind=kind, run_id=run, pairs=rows)
    return list(DuplicatePair.objects.order_by("id"))


def states() -> dict[tuple[int, int], str]:
    return {(one.left, one.right): one.state for one in DuplicatePair.objects.all()}


def test_the_whole_base_is_compared_in_a_child_and_the_pairs_are_kept_with_reasons() -> None:
    one = person(birth_date=date(1971, 12, 2), email="jana.weiss@example.org")
    other = person("J.", "Weiss", phone="03641 123456", birth_date=date(1971, 12, 2))
    contact_commands.add_contact_detail(
        actor=SYSTEM, holder=other, kind="email", value="Jana.Weiss@example.org"
    )
    person("Peter", "Kern", birth_date=date(1980, 1, 1))
    firms = [
        commands.create_organisation(actor=SYSTEM, name=name, vat_id="DE136695976")
        for name in ("Kern Werkzeugbau GmbH", "Kern Werkzeugbau")
    ]
    done = run()
    assert (done.state, done.rows, done.found, done.problem) == ("done", 5, 2, "")
    found = {row.kind: row for row in DuplicatePair.objects.all()}
    assert (found["person"].left, found["person"].right) == (one.pk, other.pk)
    assert found["person"].decision == "same"
    assert {(name, way) for name, way, _ in found["person"].reasons} >= {
        ("birth_date", "same"), ("email", "same"),
    }  # fmt: skip
    assert found["organisation"].left == firms[0].pk
    assert "Weiß" not in str(found["person"].reasons)  # no value is kept twice

    # Who is told apart is not asked for again; what is no longer alike is no question any more.
    doubles.set_apart(actor=ANNA, pair_id=found["person"].pk)
    write.change(named("organisation"), ANNA, firms[1].pk, None, {"name": "Café", "vat_id": ""})
    run()
    assert [(row.kind, row.state) for row in DuplicatePair.objects.all()] == [
        ("person", "different")
    ]


def test_a_child_that_fails_leaves_a_reason_and_what_was_known() -> None:
    pairs = kept("person", (person(), person(), 0.9))
    broken = (sys.executable, "-c", "import sys; sys.exit('no memory left')")
    done = run(Comparer(partial(Comparison, program=broken)))
    assert done.state == "failed"
    assert "no memory left" in done.problem
    assert DuplicatePair.objects.count() == len(pairs)
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    done = run(Comparer(partial(Comparison, program=slow, seconds=0.2)))
    assert done.state == "failed"


def test_what_a_worker_that_died_had_begun_begins_anew() -> None:
    doubles.ask_for_run(actor=ANNA)
    dead = Comparer()
    assert dead.begin()
    assert DuplicateRun.objects.get().state == "running"
    assert dead.begin() == 0  # not twice at once
    heir = Comparer()
    assert heir.begin()
    assert heir.busy()


def test_two_who_ask_at_once_get_one_comparison() -> None:
    one, other = doubles.ask_for_run(actor=ANNA), doubles.ask_for_run(actor=ANNA)
    assert one.pk == other.pk
    with pytest.raises(NotAllowed):
        doubles.ask_for_run(actor=Viewer("Carla"))


def test_not_a_duplicate_survives_the_next_run_and_can_be_taken_back() -> None:
    one, other = person(), person("J.")
    (pair,) = kept("person", (one, other, 0.9))
    doubles.set_apart(actor=ANNA, pair_id=pair.pk)
    (pair,) = kept("person", (other, one, 0.95), run=2)
    assert (pair.state, pair.decided_by, pair.score) == ("different", ANNA.user_id, 0.95)
    assert doubles.drop_stale(actor=SYSTEM, kind="person", run_id=2) == 0
    doubles.ask_again(actor=ANNA, pair_id=pair.pk)
    assert states() == {(one.pk, other.pk): "open"}
    # The control: what is open and not found again goes.
    assert doubles.drop_stale(actor=SYSTEM, kind="person", run_id=3) == 1
    assert states() == {}


def test_a_merge_decides_the_pair_and_hands_on_who_is_different() -> None:
    one, other, third = person(), person("J."), person("Jan")
    pairs = kept("person", (one, other, 0.9), (other, third, 0.5), (one, third, 0.4))
    doubles.set_apart(actor=ANNA, pair_id=pairs[1].pk)
    done = merge(actor=ANNA, kind=PERSON, kept_id=one.pk, gone_id=other.pk)
    assert states() == {
        (one.pk, other.pk): "merged", (one.pk, third.pk): "different",
        (other.pk, third.pk): "different",
    }  # fmt: skip
    with pytest.raises(NotFound):
        doubles.set_apart(actor=ANNA, pair_id=pairs[0].pk)
    undo(ANNA, Side.CRM, done.batch)
    assert states()[one.pk, other.pk] == "different"


def test_of_whom_is_deleted_no_question_and_no_reason_stays() -> None:
    one, other, third = person(), person("J."), person("Jan")
    pairs = kept("person", (one, other, 0.9), (other, third, 0.5))
    doubles.set_apart(actor=ANNA, pair_id=pairs[1].pk)
    commands.remove_person(actor=SYSTEM, person_id=other.pk)
    assert states() == {(other.pk, third.pk): "different"}
    left = DuplicatePair.objects.get()
    assert (left.reasons, left.score) == ([], 0.0)
    # A pair that a run hands in after that is not kept.
    assert kept("person", (one, other, 0.9)) == [left]


def owning(user_id: int) -> Viewer:
    return Viewer("Ben", user_id=user_id, grants=MappingProxyType({"crm.*.*": Level.OWN}))


def test_a_pair_is_seen_only_by_who_may_read_both() -> None:
    mine = [person(owner_id=77) for _ in range(2)]
    theirs = person(owner_id=78)
    kept("person", (mine[0], mine[1], 0.9), (mine[0], theirs, 0.8))
    ben = owning(77)
    assert [row.right for row in queries.pairs(ben, "person", "open")] == [mine[1].pk]
    assert queries.counted(ben, "person", "open") == 1
    assert [pair.right.pk for pair in queries.of_record(ben, "person", mine[0].pk)] == [mine[1].pk]
    hidden = DuplicatePair.objects.get(right=theirs.pk)
    with pytest.raises(NotFound):
        doubles.set_apart(actor=ben, pair_id=hidden.pk)
    assert queries.counted(ANNA, "person", "open") == 2  # the control


def test_a_reason_that_is_made_of_a_hidden_field_is_not_told() -> None:
    (pair,) = kept("person", (person(), person(), 0.9))
    blind = replace(ANNA, hidden=MappingProxyType({"crm.person": frozenset({"phone"})}))
    told = queries.pair(blind, pair.pk)
    assert [one.comparison for one in told.reasons] == ["last_name"]
    assert told.score is None
    assert len(queries.pair(ANNA, pair.pk).reasons) == 2  # the control


def test_who_may_not_change_them_decides_nothing() -> None:
    (pair,) = kept("person", (person(), person(), 0.9))
    reader = Viewer("Rita", user_id=9, grants=MappingProxyType({"crm.*.read": Level.ALL}))
    with pytest.raises(NotAllowed):
        doubles.set_apart(actor=reader, pair_id=pair.pk)
    assert queries.pair(reader, pair.pk).score == 0.9


def test_organisations_are_decided_about_in_the_same_way() -> None:
    firms: list[Organisation] = [
        commands.create_organisation(actor=SYSTEM, name=name) for name in ("Kern", "Kern GmbH")
    ]
    (pair,) = kept("organisation", (firms[0], firms[1], 0.9))
    merge(actor=ANNA, kind=named("organisation"), kept_id=firms[1].pk, gone_id=firms[0].pk)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("merged", ANNA.user_id)
    with pytest.raises(DomainError):
        doubles.ask_again(actor=ANNA, pair_id=pair.pk)
