"""Many records changed at once: what a selection is, what is counted, and who may do what."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.sales.commands import create_opportunity, ship_pipeline
from kundenkreis.crm.sales.models import Opportunity, Stage
from kundenkreis.kernel import audit, clock, store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.models import AuditEntry, Job
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH, CRM, SYSTEM
from kundenkreis.records import acting, jobs, named, working, write
from kundenkreis.records.bulk import commands, failing, running, undoing
from kundenkreis.records.bulk.changes import Change, Remove, names_of
from kundenkreis.records.bulk.forms import ValuesForm
from kundenkreis.records.custom import defining
from kundenkreis.records.exchange.exporting import export
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.models import BulkFailure, BulkRun
from kundenkreis.records.past.undo import undo

pytestmark = pytest.mark.django_db(databases=CRM)

PERSON, OPPORTUNITY = named("person"), named("opportunity")
ALL = Selection(query="")
# Emil reads everything and changes what is his.
EMIL = Viewer(
    "Emil", user_id=5, grants={"crm.person.read": Level.ALL, "crm.person.change": Level.OWN}
)


def people(*names: str, **values: Any) -> list[Person]:
    return [create_person(actor=ANNA, last_name=name, **values) for name in names]


def done(
    change: Change | Remove, selection: Selection = ALL, actor: Viewer = ANNA, kind: Any = PERSON
) -> BulkRun:
    return commands.begin(kind, actor, change, selection, jobs.go_on_with_bulk)


def finished(run: BulkRun) -> BulkRun:
    """After the worker has done all there is to do."""
    while runner.run_due(Side.CRM):
        pass
    run.refresh_from_db(using="default")
    return run


def failures(run: BulkRun) -> list[tuple[str, str]]:
    return list(run.failures.order_by("name").values_list("name", "reason"))


@pytest.fixture
def in_the_worker(monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer], None]:
    """Let even a few records be changed by the worker, with the rights of that viewer."""
    monkeypatch.setattr(running, "AT_ONCE", 0)
    monkeypatch.setattr(commands, "AT_ONCE", 0)

    def as_viewer(viewer: Viewer | None) -> None:
        monkeypatch.setattr(acting, "_LOADERS", [lambda user_id: viewer])

    as_viewer(ANNA)
    return as_viewer


def test_a_selection_is_picked_or_all_that_a_list_describes() -> None:
    one, two = people("A", "B")
    (three,) = people("C", source="Messe")
    assert Selection.of(QueryDict(f"row={two.pk}&row={one.pk}&row=x")).pks == (one.pk, two.pk)
    chosen = Selection.of(QueryDict("source=Messe&all=1&sort=name&after=x&row=7"))
    assert chosen == Selection(query="source=Messe")
    assert Selection.read(json.loads(json.dumps(chosen.plain))) == chosen
    assert chosen.after(PERSON, ANNA, 0, 9) == [three.pk]
    assert ALL.after(PERSON, ANNA, one.pk, 9) == [two.pk, three.pk]
    for nothing in ("", "row=x", urlencode([("row", n) for n in range(1, 502)])):
        with pytest.raises(DomainError, match="Choose some records first"):
            Selection.of(QueryDict(nothing))


def test_a_filter_that_is_not_understood_never_means_all() -> None:
    people("A")
    where = json.dumps({"v": 1, "where": {"type": "compare", "field": "gone", "op": "empty"}})
    with pytest.raises(DomainError, match="cannot be applied"):
        done(Remove(), Selection(query=urlencode({"where": where})))
    assert Person.objects.count() == 1


def test_a_field_that_goes_away_meanwhile_never_lets_all_in(
    in_the_worker: Callable[[Viewer], None],
) -> None:
    region = defining.create_field(
        actor=ANNA, kind=PERSON, label={"en": "Region"}, type="text", filterable=True
    )
    people("A", **{region.name: "Nord"}), people("B")
    run = done(Remove(), Selection(query=f"{region.name}=Nord"))
    assert run.total == 1
    defining.archive_field(actor=ANNA, kind=PERSON, pk=region.pk, archived=True)
    run = finished(run)
    assert (run.state, run.counts) == ("failed", {})
    assert "cannot be applied any more" in run.problem
    assert Person.objects.count() == 2
    with pytest.raises(DomainError, match="cannot be applied any more"):
        export(PERSON, ANNA, QueryDict(f"{region.name}=Nord"), "csv")
    # Nor does a value that cannot be one, or a field that the viewer may not know of.
    for query in ("owner_id=x", f"owner_id={ANNA.user_id}&owner_id=x"):
        with pytest.raises(DomainError, match="cannot be applied any more"):
            done(Remove(), Selection(query=query))


def test_every_record_is_counted_once_and_all_of_it_is_taken_back_as_one() -> None:
    people("A", "B"), people("C", source="Web")
    run = done(Change({"source": "Web", "owner_id": 7}))
    assert run.counts == {"changed": 3}
    run = done(Change({"source": "Messe"}), Selection(query="source=Web"))
    assert (run.counts, run.total, run.state) == ({"changed": 3}, 3, "done")
    run = done(Change({"source": "Messe", "owner_id": 7}))
    assert run.counts == {"unchanged": 3}
    assert undo(ANNA, Side.CRM, BulkRun.objects.using("default").earliest("id").batch).count == 3
    assert set(Person.objects.values_list("owner_id", flat=True)) == {1}


def test_what_is_not_ones_own_stays_and_is_named_with_the_reason() -> None:
    people("Mine", owner_id=5), people("Another")
    run = done(Change({"source": "Web"}), actor=EMIL)
    assert run.counts == {"changed": 1, "failed": 1}
    ((name, reason),) = failures(run)
    assert name == "Another"
    assert "You may only change those of the persons that are yours." in reason
    assert Person.objects.get(source="Web").last_name == "Mine"


def test_without_any_right_nothing_is_begun() -> None:
    people("A")
    reader = Viewer("Fritz", user_id=6, grants={"crm.person.read": Level.ALL})
    for change, actor in ((Change({"source": "x"}), reader), (Remove(), EMIL)):
        with pytest.raises(NotAllowed):
            done(change, actor=actor)
    locked = Viewer(
        "Gerd", 7, grants={"crm.person.*": Level.ALL}, locked={"crm.person": frozenset({"source"})}
    )
    assert "source" not in names_of(PERSON, locked)
    with pytest.raises(NotAllowed):
        done(Change({"source": "x"}), actor=locked)
    assert not BulkRun.objects.using("default").exists()


def test_the_types_own_rules_apply_to_each_record() -> None:
    ship_pipeline(actor=SYSTEM)
    person = people("A")[0]
    titles = ("Messgeräte", "Laser")
    for title in titles:
        create_opportunity(actor=ANNA, title=title, person=person)
    lost = Stage.objects.get(kind=Stage.Kind.LOST)
    run = done(Change({"stage": lost}), kind=OPPORTUNITY)
    assert run.counts == {"failed": 2}
    assert all("Why was it lost?" in reason for _, reason in failures(run))
    won = Stage.objects.get(kind=Stage.Kind.WON)
    assert done(Change({"stage": won}), kind=OPPORTUNITY).counts == {"changed": 2}
    assert set(Opportunity.objects.values_list("closed_on", flat=True)) != {None}
    run = done(Remove())
    assert [name for name, _ in failures(run)] == ["A"]


def test_amounts_are_in_the_currency_of_each_record() -> None:
    ship_pipeline(actor=SYSTEM)
    create_opportunity(actor=ANNA, title="Euro", currency="EUR")
    create_opportunity(actor=ANNA, title="Yen", currency="JPY")
    form = ValuesForm(OPPORTUNITY, ANNA, ["value_minor"], QueryDict("value_minor=1,500.00"))
    assert form.is_valid()
    assert done(form.change, kind=OPPORTUNITY).counts == {"changed": 2}
    values = dict(Opportunity.objects.values_list("title", "value_minor"))
    assert values == {"Euro": 150_000, "Yen": 1_500}


def test_what_is_left_blank_stays_and_what_is_ticked_is_emptied() -> None:
    people("A", source="Web", language="de", next_step_on="2026-12-01")
    asked = "source=&empty=next_step_on&language=en&empty=last_name&last_name=B"
    form = ValuesForm(
        PERSON, ANNA, ["source", "next_step_on", "language", "link_id"], QueryDict(asked)
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"language": "en", "next_step_on": None}
    done(form.change)
    found = Person.objects.get()
    assert (found.source, found.language, found.next_step_on) == ("Web", "en", None)
    assert not ValuesForm(PERSON, ANNA, ["source"], QueryDict("source=")).is_valid()
    assert {"customer_number", "link_id", "version", "tags"}.isdisjoint(names_of(PERSON, ANNA))


def test_tags_are_added_to_what_is_there_and_removed() -> None:
    people("A", tags=["VIP", "Alt"]), people("B")
    run = done(Change({}, {"tags": ["vip", "Neu"]}, {"tags": ["alt"]}))
    assert run.counts == {"changed": 2}
    assert dict(Person.objects.values_list("last_name", "tags")) == {
        "A": ["VIP", "Neu"], "B": ["vip", "Neu"],
    }  # fmt: skip


def test_many_are_deleted_and_come_back() -> None:
    people("A", "B", "C")
    run = done(Remove())
    assert (run.counts, Person.objects.count()) == ({"changed": 3}, 0)
    assert undo(ANNA, Side.CRM, run.batch).count == 3
    assert Person.objects.count() == 3


def test_the_worker_does_what_is_too_much_for_a_request(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 2)
    monkeypatch.setattr(running, "AHEAD", 3)
    people("A", "B", "C", "D", "E")
    run = done(Change({"source": "Web"}))
    assert (run.state, run.counts) == ("running", {})
    run = finished(run)
    assert (run.state, run.counts) == ("done", {"changed": 5})
    batches = AuditEntry.objects.using("default").filter(target__startswith="crm.person:")
    assert batches.filter(action="change").values("batch").distinct().count() == 1
    assert undo(ANNA, Side.CRM, run.batch).count == 5


def test_f03_a_killed_worker_goes_on_after_the_last_piece_and_does_nothing_twice(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 2)
    made = people("A", "B", "C", "D", "E")
    run = done(Change({"source": "Web"}))
    work = running.Running(Side.CRM, run, ANNA)
    assert work.piece()
    # The process ends in the middle of the second piece: its transaction is gone.
    with monkeypatch.context() as broken:
        broken.setattr(running, "keep", _die)
        with pytest.raises(KeyboardInterrupt):
            work.piece()
    assert Person.objects.filter(source="Web").count() == 2
    run = finished(run)
    assert (run.state, run.counts) == ("done", {"changed": 5})
    assert {len(audit.latest(Side.CRM, reference(one), 9)) for one in made} == {2}


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_workers_at_one_run_do_not_do_the_same(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 1)
    people("A", "B")
    run = done(Change({"source": "Web"}))
    slow = running.Running(Side.CRM, BulkRun.objects.using("default").get(), ANNA)
    assert running.Running(Side.CRM, run, ANNA).piece()
    assert not slow.piece()  # it knows only of the beginning, which is done
    assert Person.objects.filter(source="Web").count() == 1
    assert finished(run).counts == {"changed": 2}


def test_a_run_ends_where_its_user_has_lost_the_right(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 1)
    people("A", "B", "C")
    run = done(Change({"source": "Web"}))
    assert running.Running(Side.CRM, run, ANNA).piece()
    in_the_worker(Viewer("Anna", 1, grants={"crm.person.read": Level.ALL}))
    run = finished(run)
    assert (run.state, run.counts) == ("failed", {"changed": 1})
    assert "You may not change persons." in run.problem
    in_the_worker(None)  # type: ignore[arg-type]
    gone = finished(done(Change({"source": "Messe"})))
    assert (gone.state, gone.counts) == ("failed", {})
    assert "may not log in any more" in gone.problem


def test_a_narrower_right_leaves_the_others_alone(in_the_worker: Callable[[Viewer], None]) -> None:
    people("Mine", owner_id=1), people("Another", owner_id=9)
    run = done(Change({"source": "Web"}))
    reads_all = {"crm.person.read": Level.ALL, "crm.person.change": Level.OWN}
    in_the_worker(Viewer("Anna", 1, grants=reads_all))
    assert finished(run).counts == {"changed": 1, "failed": 1}


def test_what_many_were_changed_by_is_taken_back_by_the_worker(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 2)
    people("A", "B", "C", "D", "E")
    edit = finished(done(Change({"source": "Web"})))
    write.change(PERSON, ANNA, Person.objects.earliest("id").pk, None, {"source": "Messe"})
    run = finished(commands.begin_undo(PERSON, ANNA, edit.batch, jobs.go_on_with_bulk))
    assert (run.state, run.counts, run.total) == ("done", {"changed": 4, "failed": 1, "seen": 5}, 5)
    assert failures(run) == [("A", "Source of “A”: it was changed since.")]
    assert sorted(Person.objects.values_list("source", flat=True)) == ["", "", "", "", "Messe"]
    again = finished(commands.begin_undo(PERSON, ANNA, run.batch, jobs.go_on_with_bulk))
    assert again.counts == {"changed": 4, "seen": 4}
    assert Person.objects.filter(source="Web").count() == 4


def test_f03_a_killed_undo_goes_on_where_it_was(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 2)
    made = people("A", "B", "C", "D", "E")
    removal = finished(done(Remove()))
    run = commands.begin_undo(PERSON, ANNA, removal.batch, jobs.go_on_with_bulk)
    assert undoing.TakingBack(Side.CRM, run, ANNA).piece()
    with monkeypatch.context() as broken:
        broken.setattr(undoing, "keep", _die)
        with pytest.raises(KeyboardInterrupt):
            undoing.TakingBack(Side.CRM, run, ANNA).piece()
    assert Person.objects.count() == 2
    assert finished(run).counts == {"changed": 5, "seen": 5}
    assert {len(audit.latest(Side.CRM, reference(one), 9)) for one in made} == {3}


def test_a_stopped_run_says_how_far_it_came(
    in_the_worker: Callable[[Viewer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PIECE", 1)
    people("A", "B")
    run = done(Change({"source": "Web"}))
    assert running.Running(Side.CRM, run, ANNA).piece()
    commands.stop(PERSON, ANNA, run.pk)
    assert (finished(run).state, run.counts) == ("stopped", {"changed": 1})
    assert not Job.objects.using("default").filter(state__in=["ready", "running"]).exists()


def test_what_no_longer_matches_is_not_counted_as_done(
    in_the_worker: Callable[[Viewer], None],
) -> None:
    people("A", "B", source="Web")
    run = done(Change({"owner_id": 9}), Selection(query="source=Web"))
    write.change(PERSON, ANNA, Person.objects.latest("id").pk, None, {"source": "Messe"})
    assert (finished(run).total, run.counts) == (2, {"changed": 1})


def test_who_may_not_see_a_record_any_more_reads_only_its_number() -> None:
    seen, unseen = people("A", "B")
    run = BulkRun(kind="person", asked={"do": "edit"})
    failed = [
        BulkFailure(row=seen.pk, name="Old", reason="“Old” has no legal basis."),
        BulkFailure(row=unseen.pk, name="B", reason="“B” has no legal basis."),
        BulkFailure(row=None, name="C", reason="“C” is gone."),
    ]
    with store.group(Side.CRM, "test"):
        store.change(SYSTEM, store.lock(Person, seen.pk), owner_id=77)
    somebody = Viewer("Somebody", user_id=77, grants={"crm.person.read": Level.OWN})
    told = [(one.name, one.reason, one.url) for one in failing.told(PERSON, somebody, run, failed)]
    hidden = "You may not see this record any more."
    assert told == [
        ("A", "“A” has no legal basis.", PERSON.url(seen.pk)),
        (f"#{unseen.pk}", hidden, ""),
        ("", hidden, ""),
    ]
    assert [one.name for one in failing.told(PERSON, ANNA, run, failed)] == ["A", "B", "C"]


@pytest.mark.django_db(databases=BOTH)
def test_a_change_whose_job_was_lost_is_gone_on_with(
    in_the_worker: Callable[[Viewer], None],
) -> None:
    """A process died between what it had written down and the job for it."""
    in_the_worker(ANNA)
    people("Adam")
    with clock.freeze("2026-11-27T12:00:00+00:00") as now:
        asked = {**Change({"source": "Messe"}).plain(PERSON), "selection": ALL.plain}
        run = commands._new(PERSON, ANNA, asked, 1)
        assert working.rescue(jobs.go_on_with_bulk, BulkRun) == 0  # its own process may be at it
        now.advance(seconds=working.LOST.total_seconds() + 1)
        assert working.rescue(jobs.go_on_with_bulk, BulkRun) == 1
        assert working.rescue(jobs.go_on_with_bulk, BulkRun) == 0  # it has a job by now
        assert finished(run).counts == {"changed": 1}
        now.advance(seconds=working.LOST.total_seconds() + 1)
        assert working.rescue(jobs.go_on_with_bulk, BulkRun) == 0
