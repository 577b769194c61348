"""What becomes of pairs when their records are merged, parted or deleted."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from kundenkreis.crm.people.models import DuplicatePair, Organisation, Person
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.events import on
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import AT_THE_END, EVERYTHING, Unit
from kundenkreis.records.events import RecordsMerged, RecordsParted

State = DuplicatePair.State
KINDS: dict[str, type[Any]] = {"person": Person, "organisation": Organisation}
_DECIDED = ("kind", "left", "right", "state", "decided_by", "decided_at", "found_at")


@on(RecordsMerged)
def note_the_merge(event: RecordsMerged) -> None:
    """The pair is decided; whom the one that goes is different from, the one that stays is too."""
    kind = event.subject.partition(".")[2]
    if kind not in KINDS:
        return
    others = _of(kind, [event.gone]).filter(state=State.DIFFERENT)
    for one in others.exclude(left=event.kept).exclude(right=event.kept):
        other = one.right if one.left == event.gone else one.left
        _decide(kind, event.kept, other, State.DIFFERENT, one.decided_by)
    ends = sorted((event.kept, event.gone))
    if store.rows(DuplicatePair).filter(kind=kind, left=ends[0], right=ends[1]).exists():
        _decide(kind, event.kept, event.gone, State.MERGED, event.user_id)


@on(RecordsParted)
def note_the_parting(event: RecordsParted) -> None:
    """Who was parted again is not the same: nobody is asked once more."""
    kind = event.subject.partition(".")[2]
    if kind in KINDS:
        _decide(kind, event.kept, event.back, State.DIFFERENT, event.user_id)


def follow(unit: Unit) -> None:
    """Of records that are gone no question stays open, and no reason is kept. What was decided
    stays, should one of them come back."""
    for kind, model in KINDS.items() if unit.side is Side.CRM else ():
        changed = unit.touched.get(model, {})
        pks = [pk for pk, names in changed.items() if names & {*EVERYTHING}]
        if not pks:
            continue
        there = set(store.rows(model).filter(pk__among=pks).values_list("pk", flat=True))
        gone = [pk for pk in pks if pk not in there]
        if gone:
            store.discard(_of(kind, gone).filter(state=State.OPEN))
            store.replace(_of(kind, gone).exclude(state=State.OPEN), reasons=[], score=0.0)


def _of(kind: str, pks: list[int]) -> Any:
    rows = store.rows(DuplicatePair).filter(kind=kind)
    return rows.filter(Q(left__among=pks) | Q(right__among=pks))


def _decide(kind: str, one: int, other: int, state: str, by: int | None) -> None:
    now = clock.now()
    row = (kind, min(one, other), max(one, other), state, by, now, now)
    bulk.upsert(DuplicatePair, _DECIDED, [row], key=("kind", "left", "right"))


AT_THE_END.append(follow)
