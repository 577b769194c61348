"""Keeping search documents current: with every write, in its transaction, from the declarations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

from kundenkreis.kernel import clock, search, store
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import AT_THE_END, EVERYTHING, Unit
from kundenkreis.records import registry
from kundenkreis.records.custom import definitions
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType

CHUNK = 500
AT_ONCE = 1_000  # documents that are written because another record is called something else now
_BESIDE = ("owner_id", "team_id", "tags")  # what a document tells beside texts
REBUILT = "records.search."  # the cursors that say so, by type


def follow(unit: Unit) -> None:
    """Write the documents of all records that a unit of work touched, or that name one of them."""
    for kind in _searched(unit.side):
        touched = set(unit.touched.get(kind.model, ()))
        for path, model, name in _related(kind):
            changed = unit.touched.get(model, {})
            pks = {pk for pk, names in changed.items() if names & {name, *EVERYTHING}}
            if pks:
                named = store.rows(kind.model).filter(**{f"{path}__pk__among": pks}).order_by()
                # Whoever is touched is written anyway: an import makes people and all they have.
                others = named.exclude(pk__among=touched).values_list("pk", flat=True)
                found = list(others[: AT_ONCE + 1])
                if len(found) > AT_ONCE and unit.side is Side.CRM and _later:
                    _later[0](kind.name, path, sorted(pks))  # nobody should wait for so many
                else:
                    touched.update(found if len(found) <= AT_ONCE else others)
        if touched:
            write(kind, touched)


def write(kind: RecordType, pks: Iterable[int]) -> None:
    """Write some records' documents anew, and forget those of records that are gone."""
    wanted = sorted(pks)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        search.hold(kind.name, part)
        made = list(_documents(kind, store.rows(kind.model).filter(pk__among=set(part))))
        search.keep(made)
        gone = set(part) - {one.row for one in made}
        if gone:
            search.forget(kind.side, kind.name, gone)


def leave_to(job: Callable[[str, str, list[int]], object]) -> None:
    """Say who writes, after the commit, the documents of very many that name some records."""
    _later[:] = [job]


_later: list[Callable[[str, str, list[int]], object]] = []


def rewrite(kind: RecordType, path: str, pks: list[int]) -> None:
    """Write the documents of all records that name others at a path, piece by piece."""
    last = 0
    while True:
        with store.group(kind.side, "records.rewrite_search"):
            named = store.rows(kind.model).filter(**{f"{path}__pk__among": pks}, pk__gt=last)
            part = list(named.order_by("pk").values_list("pk", flat=True).distinct()[:CHUNK])
            write(kind, part)
        if not part:
            return
        last = part[-1]


def rebuild(side: Side) -> int:
    """Write every document of a side anew, in pieces; returns how many."""
    return sum(map(rebuild_type, _searched(side)))


def rebuild_if_missing(side: Side) -> int:
    """Write the documents of types of which that was not done to the end yet, as after an upgrade."""
    done = set(store.stored(side, Cursor).values_list("name", flat=True))
    return sum(
        rebuild_type(kind) for kind in _searched(side) if f"{REBUILT}{kind.name}" not in done
    )


def rebuild_type(kind: RecordType) -> int:
    """Write the documents of one type anew, as when a field that they speak of comes or goes."""
    count, last, pks = 0, 0, [0]
    while pks:
        with store.group(kind.side, "records.rebuild_search"):
            rows = store.rows(kind.model).filter(pk__gt=last).order_by("pk")
            pks = list(rows.values_list("pk", flat=True)[:CHUNK])
            write(kind, pks)
        count, last = count + len(pks), pks[-1] if pks else last
    with store.group(kind.side, "records.rebuild_search"):
        search.forget_orphans(kind.name, store.rows(kind.model))
        done = Cursor(name=f"{REBUILT}{kind.name}", moved_at=clock.now())
        store.append(Cursor, [done], ignore_conflicts=True)
    return count


def paths(kind: RecordType) -> list[str]:
    """What a record is found by: the texts that are declared, and those of the company's own fields."""
    own = (one.name for one in definitions.in_use(kind.model) if one.fieldtype.searched)
    return [*kind.search, *own]


def others(kind: RecordType) -> dict[str, RecordType]:
    """Paths to the records with rights of their own that a type's records are also found by."""
    found = {path: registry.of_model(model) for path, model, _ in _related(kind)}
    return {path: other for path, other in found.items() if other is not None}


def _searched(side: Side) -> Iterator[RecordType]:
    return (kind for kind in TYPES.values() if kind.search and kind.side is side)


def _related(kind: RecordType) -> Iterator[tuple[str, type[Model], str]]:
    """Paths from a type to the rows its documents name: path, model, and the field that matters."""
    for name in kind.search:
        parts = name.split(LOOKUP_SEP)
        model: type[Model] = kind.model
        for end, part in enumerate(parts[:-1], start=1):
            found = model._meta.get_field(part).related_model
            if not isinstance(found, type):
                break  # a key of a JSON column
            model = found
            yield LOOKUP_SEP.join(parts[:end]), model, parts[end]


def _documents(kind: RecordType, rows: QuerySet[Any]) -> Iterator[search.Document]:
    own: dict[int, list[str]] = defaultdict(list)
    named: dict[int, list[str]] = defaultdict(list)
    columns = {one.name for one in kind.model._meta.concrete_fields if not one.is_relation}
    read = {*_BESIDE, *(path.partition(LOOKUP_SEP)[0] for path in paths(kind))} & columns
    # The rest comes for all of them at once, should what a record is called need it.
    guarded, records = others(kind), list(rows.only(*read))
    pks = [record.pk for record in records]
    for name in paths(kind):
        texts = named if any(name.startswith(f"{path}{LOOKUP_SEP}") for path in guarded) else own
        here = zip(pks, map(attrgetter(name), records), strict=True) if name in columns else None
        for pk, value in here or rows.values_list("pk", name):
            if value is not None and value != "":  # as most are
                texts[pk] += search.said(value)
    for pk, record in zip(pks, records, strict=True):
        own[pk] += getattr(record, "tags", ())
        yield search.Document(
            kind=kind.name, row=pk, name=str(record), texts=own[pk],
            others=named[pk], owner_id=getattr(record, "owner_id", None),
            team_id=getattr(record, "team_id", None),
        )  # fmt: skip


AT_THE_END.append(follow)
