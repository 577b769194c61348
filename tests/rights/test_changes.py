"""A change of rights holds from the next request on, and in work that has begun already."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from kundenkreis.crm.accounts.models import Absence, Role, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.models import Share
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import jobs, named, working
from kundenkreis.records.bulk import commands as bulk
from kundenkreis.records.bulk import running, undoing
from kundenkreis.records.bulk.changes import Change
from kundenkreis.records.exchange import commands as exchange
from kundenkreis.records.exchange import exporting, incoming, outgoing
from kundenkreis.records.exchange.commands import note_export
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.models import BulkRun, Transfer
from kundenkreis.records.testing import brought, checked
from tests.rights import canaries, company, oracle
from tests.rights.company import DORA, OTTO, STRANGE, THEO, TINA, Company, pk_of

pytestmark = pytest.mark.django_db(databases=BOTH)
PERSON, SUBJECT = named("person"), "crm.person"


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.ERROR)
    yield company.found()
    logging.disable(logging.NOTSET)


def of(pk: int) -> Any:
    return viewer_of(User.objects.get(pk=pk))


def no_role(world: oracle.World) -> None:
    world.staff[OTTO].roles = []
    User.objects.get(pk=OTTO).roles.clear()


def narrower_role(world: oracle.World) -> None:
    world.roles["own"] = oracle.Role({"crm.person.*": "own"}, company.HIDDEN)
    Role.objects.filter(slug="own").update(
        grants=world.roles["own"].grants, fields=world.roles["own"].fields
    )


def other_owner(world: oracle.World) -> None:
    mine, theirs = pk_of(SUBJECT, 0), pk_of(SUBJECT, STRANGE)
    for pk, owner in ((mine, company.FRED), (theirs, OTTO)):
        world.rows[SUBJECT][pk].owner = owner
        Person.objects.filter(pk=pk).update(owner_id=owner)


def no_share(world: oracle.World) -> None:
    world.shares = [one for one in world.shares if one.user != OTTO]
    Share.objects.using("default").filter(user_id=OTTO).delete()


def share_is_over(world: oracle.World) -> None:
    world.shares = [one for one in world.shares if one.user != OTTO]
    Share.objects.using("default").update(until=world.today - timedelta(days=1))


def other_team(world: oracle.World) -> None:
    world.staff[TINA].teams = {company.LOW}
    User.objects.get(pk=TINA).teams.set([company.LOW])


def back_again(world: oracle.World) -> None:
    world.away = []
    Absence.objects.all().delete()


@pytest.mark.parametrize(
    ("pk", "change"),
    [
        (OTTO, no_role),
        (OTTO, narrower_role),
        (OTTO, other_owner),
        (OTTO, no_share),
        (OTTO, share_is_over),
        (TINA, other_team),
        (DORA, back_again),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_p09_it_holds_with_the_next_request(
    firm: Company, pk: int, change: Callable[[oracle.World], None]
) -> None:
    pages = ["/crm/persons/", "/crm/persons/export.csv", "/crm/persons/suggestions/?name=qzx"]
    pages += [f"/crm/persons/{one}/" for one in firm.world.rows[SUBJECT]]
    wrong, before = canaries.leaks(firm, pk, pages)
    assert not wrong
    change(firm.world)
    wrong, after = canaries.leaks(firm, pk, pages)
    assert not wrong, wrong[:5]
    assert before != after


def test_p09_whoever_may_not_come_in_any_more_is_out_in_the_middle_of_a_session(
    firm: Company,
) -> None:
    client = canaries.logged_in(OTTO)
    assert client.get("/crm/persons/").status_code == 200
    User.objects.filter(pk=OTTO).update(is_active=False)
    assert client.get("/crm/persons/").status_code == 302
    User.objects.filter(pk=OTTO).update(is_active=True, until=firm.world.today - timedelta(days=1))
    assert client.get("/crm/persons/").status_code in (302, 403)


# Work that has begun


def exporting_all(pk: int) -> Transfer:
    form = {"query": "columns=name,source,owner_id", "form": "csv", "columns": [], "total": 9}
    return note_export(PERSON, of(pk), state=Transfer.State.RUNNING, **form)


def file_of(transfer: Transfer) -> str:
    return outgoing.file_of(PERSON.side, transfer).read_text()


def worked(transfer: Any, turns: int = 99) -> None:
    for _ in range(turns):
        if not working.go_on(PERSON.side, transfer.pk, turn=0, model=type(transfer)):
            break
    transfer.refresh_from_db()


@pytest.mark.parametrize("change", [no_role, narrower_role, no_share], ids=lambda one: one.__name__)
def test_p10_an_export_that_has_begun_tells_what_may_be_known_at_its_end(
    firm: Company, monkeypatch: pytest.MonkeyPatch, change: Callable[[oracle.World], None]
) -> None:
    for module in (outgoing, exporting):
        monkeypatch.setattr(module, "CHUNK", 1)
    transfer = exporting_all(OTTO)
    worked(transfer, turns=1)
    assert transfer.state == Transfer.State.RUNNING
    change(firm.world)
    worked(transfer)
    if change is no_role:
        assert transfer.state == Transfer.State.FAILED
    else:
        assert canaries.told(file_of(transfer)) & firm.words.keys() <= firm.allowed(OTTO)


@pytest.mark.parametrize("change", [narrower_role, no_share], ids=lambda one: one.__name__)
def test_a_file_is_handed_out_only_while_its_reader_may_know_all_of_it(
    firm: Company, change: Callable[[oracle.World], None]
) -> None:
    transfer = exporting_all(OTTO)
    worked(transfer)
    client, address = canaries.logged_in(OTTO), f"/crm/persons/exports/{transfer.pk}/file/"
    assert canaries.told(canaries.ask(client, address)[1]) & firm.allowed(OTTO)
    change(firm.world)
    status, body = canaries.ask(client, address)
    assert (status, canaries.told(body) & firm.words.keys()) == (409, set())


def test_p10_a_change_of_many_stops_at_what_may_not_be_changed_any_more(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("AT_ONCE", 0), ("FIRST", 1), ("PIECE", 1)):
        monkeypatch.setattr(running, name, value)
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    many = Selection(query="")
    run = bulk.begin(PERSON, of(DORA), Change({"source": "Z"}), many, jobs.go_on_with_bulk)
    worked(run, turns=1)
    back_again(firm.world)
    worked(run)
    changed = set(Person.objects.filter(source="Z").values_list("pk", flat=True))
    assert changed <= {pk_of(SUBJECT, 1)}
    assert BulkRun.objects.using("default").get(pk=run.pk).state != "running"


def test_p10_an_import_changes_only_what_may_be_changed_while_it_runs(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "PIECE", 1)
    lines = "".join(f"{pk},Z\n" for pk in firm.world.rows[SUBJECT])
    transfer = brought(PERSON, f"#,source\n{lines}", viewer=of(THEO))
    how = {"mapping": [exporting.marks.NUMBER, "source"], "mode": "update", "keys": []}
    transfer = checked(PERSON, transfer, of(THEO), **how)
    assert transfer.counts["changed"] == 3  # those below his team, and a shared one
    exchange.run_import(PERSON, of(THEO), transfer)
    for turn in range(9):
        working.go_on(PERSON.side, transfer.pk, turn=0)
        if turn == 2:
            User.objects.get(pk=THEO).roles.clear()
    assert Person.objects.filter(source="Z").count() <= 1


def test_p10_work_of_somebody_who_was_locked_out_ends(firm: Company) -> None:
    transfer = exporting_all(OTTO)
    User.objects.filter(pk=OTTO).update(is_active=False)
    worked(transfer)
    assert transfer.state == Transfer.State.FAILED
    assert QueryDict(transfer.asked["query"])


def let_it_stand(world: oracle.World) -> None:
    """The control: nothing is taken away, so all is taken back."""


@pytest.mark.parametrize(
    ("pk", "change"),
    [(OTTO, let_it_stand), (OTTO, no_role), (OTTO, other_owner)],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_p10_an_undo_that_has_begun_takes_back_only_what_may_still_be_changed(
    firm: Company, monkeypatch: pytest.MonkeyPatch, pk: int, change: Callable[[oracle.World], None]
) -> None:
    Share.objects.using("default").filter(user_id=OTTO).update(level=Share.Level.CHANGE)
    for name in ("FIRST", "LEAST", "PIECE"):
        monkeypatch.setattr(running, name, 1)
    before = dict(Person.objects.values_list("pk", "source"))
    edit = bulk.begin(
        PERSON, of(pk), Change({"source": "Z"}), Selection(query=""), jobs.go_on_with_bulk
    )
    mine = set(Person.objects.filter(source="Z").values_list("pk", flat=True))
    assert len(mine) > 1
    run = bulk.begin_undo(PERSON, of(pk), edit.batch, jobs.go_on_with_bulk)
    work = undoing.TakingBack(PERSON.side, run, of(pk))  # in the middle of one turn of the worker
    assert work.piece()
    left = set(Person.objects.filter(source="Z").values_list("pk", flat=True))
    assert 0 < len(left) < len(mine)
    change(firm.world)
    reached = PERSON.reached(of(pk), "change", list(Person.objects.filter(pk__in=left)))
    beyond = left - {one for one, may in zip(sorted(left), reached, strict=True) if may}
    while work.piece():
        pass
    run.refresh_from_db()

    after = dict(Person.objects.values_list("pk", "source"))
    assert {one for one, source in after.items() if source == "Z"} == beyond
    assert beyond if change is not let_it_stand else not beyond
    assert all(after[one] == before[one] for one in after if after[one] != "Z")
    assert run.state == "done"
    told = " ".join(run.failures.values_list("name", flat=True))
    assert canaries.told(told) & firm.words.keys() <= firm.allowed(pk)
