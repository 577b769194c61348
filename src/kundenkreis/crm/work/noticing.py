"""Noticing what staff are to be told: in the audit, in the calendar, in work that has ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import batched

from django.conf import settings

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_by_id
from kundenkreis.crm.work import queries
from kundenkreis.crm.work.models import Activity, Notice
from kundenkreis.crm.work.notice_commands import Kind, Telling, tell
from kundenkreis.crm.work.notice_queries import WORKS
from kundenkreis.kernel import clock, log, store
from kundenkreis.kernel.log import Position
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry
from kundenkreis.records.due import count_due
from kundenkreis.records.models import LongWork, Mark, Transfer
from kundenkreis.records.past.history import names_of

READER = "notices"
CHUNK = 500
FEW = 5  # records given to somebody at once are told one by one, more as one
LONG = timedelta(seconds=10)  # whoever waited for less was there
LATELY = timedelta(minutes=10)
ENDED = ("done", "failed", Transfer.State.CHECKED)
MOST = 99


def notice_changes(side: Side) -> int:
    """Read on in a side's audit; returns how many entries were read."""
    reader = f"{READER}.{side}"
    at = log.position(reader, Side.CRM)
    if at == Position():
        return _begin(reader, side)
    entries = list(log.rows_after(AuditEntry, at, side).select_related("change")[:CHUNK])
    if not entries:
        return 0
    found = [*_given(entries), *_followed(side, entries)]
    with store.group(Side.CRM, "work.notice_changes"):
        tell(found)
        log.move(reader, Position(entries[-1].tx, entries[-1].pk), Side.CRM)
    return len(entries)


def _begin(reader: str, side: Side) -> int:
    """Nobody is told of what was before."""
    last = log.settled(store.stored(side, AuditEntry), side).reverse().first()
    place = Position(last.tx, last.pk) if last is not None else Position(0, 0)
    with store.group(Side.CRM, "work.notice_changes"):
        log.move(reader, place, Side.CRM)
    return 0


def _given(entries: list[AuditEntry]) -> Iterator[Telling]:
    """What somebody gave to somebody else; activities are told of by their commands."""
    who = names_of(entry.actor for entry in entries)
    given: dict[tuple[int, str, str], list[AuditEntry]] = defaultdict(list)
    for entry in entries:
        change = getattr(entry, "change", None)
        pair = change.fields.get("owner_id") if change is not None else None
        owner = pair[1] if pair else None
        place = entry.target.partition(":")[0]
        wanted = entry.action in ("change", "create") and place != "crm.activity"
        known = wanted and registry.TYPES.get(place.partition(".")[2]) is not None
        other = entry.actor.startswith("user:") and entry.actor != f"user:{owner}"
        if known and other and isinstance(owner, int):
            given[owner, place, entry.batch].append(entry)
    for (owner, place, _batch), some in given.items():
        by = who(some[0].actor)
        if len(some) > FEW:
            yield Telling(owner, Kind.ASSIGNED, None, f"{place}:", by, (), len(some))
        else:
            yield from (Telling(owner, Kind.ASSIGNED, None, one.target, by) for one in some)


def _followed(side: Side, entries: list[AuditEntry]) -> Iterator[Telling]:
    """What others changed of the records that somebody follows, or entered about them."""
    about = _written(entries) if side is Side.CRM else {}
    by_target: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in entries:
        for target in {entry.target, *about.get(entry.pk, ())}:
            by_target[target].append(entry)
    who = names_of(entry.actor for entry in entries)
    for mark in _marks(side, by_target):
        for entry in by_target[f"{side}.{mark.kind}:{mark.row}"]:
            if entry.at <= mark.at or entry.actor == f"user:{mark.user_id}":
                continue
            if entry.pk in about:
                activity = int(entry.target.partition(":")[2])
                yield Telling(mark.user_id, Kind.FOLLOWED, activity, "", who(entry.actor))
            else:
                change = getattr(entry, "change", None)
                fields = change.fields if change is not None and entry.action == "change" else ()
                names = tuple(sorted(fields))
                by = who(entry.actor)
                yield Telling(mark.user_id, Kind.FOLLOWED, None, entry.target, by, names)


def _written(entries: Iterable[AuditEntry]) -> dict[int, list[str]]:
    """By entry, what activities that were entered are about."""
    new = {
        int(entry.target.partition(":")[2]): entry.pk
        for entry in entries
        if entry.action == "create" and entry.target.startswith("crm.activity:")
    }
    found = {}
    for one in Activity.objects.filter(pk__in=new):
        people = (("person", one.person_id), ("organisation", one.organisation_id))
        whole = [f"crm.{name}:{pk}" for name, pk in people if pk is not None]
        found[new[one.pk]] = [*whole, *([one.about] if one.about else [])]
    return found


def _marks(side: Side, targets: Iterable[str]) -> Iterator[Mark]:
    rows: dict[str, list[int]] = defaultdict(list)
    for target in targets:
        place, _colon, row = target.partition(":")
        if row.isdigit():
            rows[place.partition(".")[2]].append(int(row))
    follows = store.stored(side, Mark).filter(what=Mark.What.FOLLOW)
    for name, pks in rows.items():
        for some in batched(pks, CHUNK, strict=False):
            yield from follows.filter(kind=name, row__in=some)


def notice_ended() -> int:
    """Tell whoever had long work done that it has ended, or waits for their decision."""
    since, told = clock.now() - LATELY, []
    for side in Side:
        for name, model in WORKS.items():
            rows = store.stored(side, model).filter(changed_at__gte=since, state__in=ENDED)
            told += [
                Telling(work.user_id, Kind.FINISHED, None, f"{side}.{name}:{work.pk}", "", (work.state,))
                for work in rows.exclude(user_id=None)[:100]
                if work.changed_at - work.created_at >= LONG and work.user_id and _is_new(side, name, work)
            ]  # fmt: skip
    if told:
        with store.group(Side.CRM, "work.notice_ended"):
            tell(told)
    return 0


def _is_new(side: Side, name: str, work: LongWork) -> bool:
    known = Notice.objects.filter(
        user_id=work.user_id or 0, kind=Kind.FINISHED, target=f"{side}.{name}:{work.pk}"
    )
    return all(work.state not in one.fields for one in known)


def notice_due() -> None:
    """Tell everybody in the morning how much is due."""
    today = clock.today(settings.COMPANY_ZONE)
    for pk in User.objects.filter(is_active=True).values_list("pk", flat=True)[:10_000]:
        viewer = viewer_by_id(pk)
        if viewer is None or not viewer.may(queries.RIGHT):
            continue
        count = len(queries.due_tasks(viewer, today, MOST)) + count_due(viewer, today, MOST)
        if count:
            with store.group(Side.CRM, "work.notice_due"):
                tell([Telling(pk, Kind.DUE, count=count)])
