"""Printing for many: begin, decide after the check, stop."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.letters import body
from kundenkreis.crm.letters.content import allowed, require_open
from kundenkreis.crm.letters.many import title_of
from kundenkreis.crm.letters.models import PrintRun
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import working
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.lists.selection import Selection

RIGHT = "crm.letter.create"
MOST = 10_000
State, What = PrintRun.State, PrintRun.What


@command
def begin_run(
    *, actor: Actor, kind: RecordType, what: str, selection: Selection, asked: dict[str, Any]
) -> PrintRun:
    """Prepare a letter for each of a selection, or labels with their addresses.

    Raises `DomainError` for nobody, for too many, for a placeholder that there is not, and for whom
    must not see what stands on them.
    """
    actor.require(RIGHT)
    actor.require(kind.right("read"))
    require_open(actor)
    known = allowed(actor)
    for name in ("subject", "body"):
        body.require_known(str(asked.get(name, "")), known, name)
    total = selection.count(kind, actor)
    if not total or total > MOST:
        raise DomainError(
            _("No record matches any more.") if not total else _("These are too many at once."),
            _("Up to %(n)s can be printed at once.") % {"n": MOST},
            _("Choose them in the list once more."),
        )
    state = State.CHECKING if what == What.LETTERS else State.RUNNING
    given = {**asked, "selection": selection.plain}
    return _new(actor, kind.name, what, title_of(asked), state, given, total)


@command
def begin_page(*, actor: Actor, kind: RecordType, record: Any) -> PrintRun:
    """Prepare the page of a record as a PDF."""
    actor.require(kind.right("read"))
    return _new(actor, kind.name, What.PAGE, str(record), State.RUNNING, {"pk": record.pk}, 1)


@command
def write_run(*, actor: Actor, run_id: int) -> PrintRun:
    """After the check: write the letters, and print them."""
    actor.require(RIGHT)
    run = _own(actor, run_id)
    if run.state == State.CHECKED:
        values = {"state": State.RUNNING, "position": 0, "counts": {}, "changed_at": clock.now()}
        store.discard(run.skipped.all())
        store.replace(store.rows(PrintRun).filter(pk=run.pk, state=State.CHECKED), **values)
        run.state = State.RUNNING
    return run


@command
def stop_run(*, actor: Actor, run_id: int) -> None:
    """Stop a run, or leave it after the check; letters that were written stay written."""
    run = _own(actor, run_id)
    going = (State.CHECKING, State.CHECKED, State.RUNNING, State.PRINTING)
    mine = store.rows(PrintRun).filter(pk=run.pk, state__in=going)
    store.replace(mine, state=State.STOPPED, changed_at=clock.now())


def _own(actor: Actor, run_id: int) -> PrintRun:
    run = store.rows(PrintRun).filter(pk=run_id, user_id=actor.user_id).first()
    if run is None:
        raise NotFound
    return run


def _new(
    actor: Actor,
    kind: str,
    what: str,
    title: str,
    state: str,
    asked: dict[str, Any],
    total: int,
) -> PrintRun:
    now = clock.now()
    return store.create(
        actor, PrintRun, kind=kind, what=what, title=title[:200], state=state,
        user_id=actor.user_id, created_at=now, changed_at=now,
        asked={**asked, **working.asked_now()}, total=total, batch=new_batch(),
    )  # fmt: skip
