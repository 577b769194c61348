"""The engine's work that goes on in the worker."""

from __future__ import annotations

from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import each_midnight, every
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry, working
from kundenkreis.records.bulk import running, undoing
from kundenkreis.records.custom import definitions
from kundenkreis.records.custom import indexes as fieldindexes
from kundenkreis.records.custom import work as fieldwork
from kundenkreis.records.exchange import incoming, outgoing, storing
from kundenkreis.records.models import BulkRun, FieldWork, Transfer
from kundenkreis.records.search import indexing

__all__ = ["incoming", "outgoing", "running", "undoing"]  # they say what the work is


@job(Side.CRM)
def go_on_with_transfer(side: str, pk: int, turn: int) -> None:
    """One turn of a transfer; the next one is enqueued while there is more."""
    working.next_turn(go_on_with_transfer, Transfer, Side(side), pk, turn)


@job(Side.CRM)
def go_on_with_bulk(side: str, pk: int, turn: int) -> None:
    """One turn of a change of many records."""
    working.next_turn(go_on_with_bulk, BulkRun, Side(side), pk, turn)


@job(Side.CRM)
def go_on_with_field(side: str, pk: int, turn: int) -> None:
    """One turn of what a change of a field means for all records."""
    working.next_turn(go_on_with_field, FieldWork, Side(side), pk, turn)


@every(minutes=10)
@job(Side.CRM)
def rescue_work() -> None:
    """What is under way, and no job goes on with."""
    working.rescue(go_on_with_transfer, Transfer)
    working.rescue(go_on_with_bulk, BulkRun)
    working.rescue(go_on_with_field, FieldWork)


@each_midnight
@job(Side.CRM)
def compute_of_the_day() -> None:
    """What formulas say of today is true tomorrow, too."""
    definitions.look_again()
    for side in Side:
        fieldwork.compute_of_the_day(side, go_on_with_field)


@every(hours=24)
@job(Side.CRM)
def purge_fields() -> None:
    """Take away for good what deleted fields have left in records."""
    for side in Side:
        fieldwork.begin_purges(side, go_on_with_field)


def begin(side: Side, transfer: Transfer) -> None:
    """Let the worker begin with what a transfer's state asks for."""
    working.enqueue(go_on_with_transfer, side, transfer)


@every(hours=24)
@job(Side.CRM)
def forget_transfers() -> None:
    """What lies on the other side is forgotten here too: its own loop knows no record types."""
    while forgetting.forget_rows(Side.ENGAGE, Transfer):
        pass


@job(Side.CRM)
def keep_field_indexes(side: str) -> None:
    """Make the indexes of the company's own fields what the definitions say."""
    while fieldindexes.keep(Side(side)):
        """And once more: the definitions may have changed meanwhile."""


@job(Side.CRM)
def rebuild_search(kind: str) -> None:
    """Write anew what the records of a type are found by."""
    indexing.rebuild_type(registry.named(kind))


@job(Side.CRM)
def rewrite_search(kind: str, path: str, pks: list[int]) -> None:
    """Write anew by what records are found that name others, which are called differently now."""
    indexing.rewrite(registry.named(kind), path, pks)


indexing.leave_to(rewrite_search.enqueue)


@every(hours=1)
@job(Side.CRM)
def look_after_field_indexes() -> None:
    """The same from time to time: an upgrade that makes a table anew leaves them behind."""
    for side in Side:
        fieldindexes.keep(side)


def _forget(side: Side, pks: list[int]) -> None:
    rows = store.rows(Transfer).filter(pk__in=pks)
    storing.forget(side, rows.values_list("folder", flat=True))
    store.discard(rows)


forgetting.rule(Transfer, forget=_forget, piece=50)
