"""Deletion that can be taken back: rows really go, and the bin keeps images of all that went.

Because the rows are gone, unique constraints stay plain and no query has to leave anything out.
What comes back comes back as it was, with its number; secrets do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Field, Model, QuerySet
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import Conflict
from kundenkreis.kernel.fields import TransactionField
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import Record, holders, secret_fields
from kundenkreis.kernel.transactions import current

CHUNK = 500


Key = tuple[type[Model], Any]


@dataclass(slots=True)
class Taken:
    """What goes with some rows, dependent rows first; `owner` says with which of them, by place."""

    collector: Collector
    roots: Sequence[Model]
    rows: list[Model] = field(default_factory=list)
    owner: dict[Key, int] = field(default_factory=dict)

    def is_root(self, row: Model) -> bool:
        """Whether it goes for its own sake."""
        at = self.owner[_key(row)]
        return _key(self.roots[at]) == _key(row)


@dataclass(slots=True)
class Restored:
    """What came back, the roots among it; `left` says in words what did not."""

    rows: list[Model] = field(default_factory=list)
    roots: list[Model] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


Along = Callable[[type[Model], list[Any]], QuerySet[Any] | None]
ALONG: list[Along] = []


def along(named: Along) -> Along:
    """Say which rows name rows of a model without a foreign key, and go when those go."""
    ALONG.append(named)
    return named


def collect(*roots: Model) -> Taken:
    """Everything that deleting rows of one model takes along. Raises Django's `ProtectedError`."""
    alias = current().side.alias
    collector = Collector(using=alias, origin=roots[0])
    collector.collect(roots)
    asked, because = set[Key](), dict[Key, Key]()
    while fresh := set(map(_key, _rows(collector))) - asked:
        asked |= fresh
        for model in {model for model, _pk in fresh}:
            pks = [pk for of, pk in fresh if of is model]
            for named in ALONG:
                # One by one: beside a row that nothing depends on, Django would forget these.
                for row, pk in _named(named, model, pks):
                    because.setdefault(_key(row), (model, pk))
                    collector.collect([row])
    collector.sort()
    # What goes for two reasons goes once.
    keys: dict[type[Model], dict[Any, None]] = {}
    for row in _rows(collector):
        keys.setdefault(type(row), {})[row.pk] = None
    rows = [row for model, pks in keys.items() for row in _whole(alias, model, pks)]
    return Taken(collector, roots, rows, _owners(roots, rows, because))


def _named(named: Along, model: type[Model], pks: list[Any]) -> Iterator[tuple[Model, Any]]:
    """The rows that name one of these, each with which; of most nobody asks one by one."""
    found = named(model, pks)
    if found is None or (len(pks) > 1 and not found.exists()):
        return
    for pk in pks:
        one = named(model, [pk])
        yield from ((row, pk) for row in one or ())


def _owners(
    roots: Sequence[Model], rows: Sequence[Model], because: dict[Key, Key]
) -> dict[Key, int]:
    """With which of the roots each row goes: the first of those that it is part of."""
    owner = {_key(root): at for at, root in enumerate(roots)}
    left = [row for row in rows if _key(row) not in owner]
    while left:
        still = []
        for row in left:
            reasons = [*holders(row), *filter(None, [because.get(_key(row))])]
            found = [owner[one] for one in reasons if one in owner]
            if found:
                owner[_key(row)] = min(found)
            else:
                still.append(row)
        if len(still) == len(left):
            # A reason that is none of ours, such as a key that Django follows by itself.
            owner |= {_key(row): 0 for row in still}
            break
        left = still
    return owner


def _key(row: Model) -> Key:
    return type(row), row.pk


def loosened(taken: Taken) -> Iterator[tuple[Model, dict[str, list[Any]]]]:
    """Records that stay and lose their relation to what goes, each with what it said before."""
    gone = {(type(row), row.pk) for row in taken.rows}
    updates: Mapping[tuple[Field[Any, Any], Any], Any] = taken.collector.field_updates
    for (column, value), groups in updates.items():
        for row in (row for group in groups for row in group):
            before = getattr(row, column.attname)
            if isinstance(row, Record) and before != value and (type(row), row.pk) not in gone:
                yield row, {column.name: [before, value]}


def _rows(collector: Collector) -> Iterator[Model]:
    for query in collector.fast_deletes:
        yield from query
    for rows in collector.data.values():
        yield from rows


def remove(actor: Actor, taken: Taken) -> None:
    """Keep images of what was collected, each root's behind what goes with it, then delete all."""
    unit, now = current(), clock.now()
    images = [
        RemovedRow(
            batch=unit.batch, at=now, actor=actor.reference, table=row._meta.label_lower,
            row=row.pk, image=_image(row), owner_id=getattr(row, "owner_id", None),
            team_id=getattr(row, "team_id", None), root=taken.is_root(row),
            title=str(row)[:200] if taken.is_root(row) else "",
        )
        for row in sorted(
            taken.rows, key=lambda row: (taken.owner[_key(row)], taken.is_root(row))
        )
    ]  # fmt: skip
    RemovedRow.objects.using(unit.side.alias).bulk_create(images, batch_size=CHUNK)
    taken.collector.delete()


def waiting(batch: str, most: int, below: int | None = None) -> list[list[RemovedRow]]:
    """The newest deletions of a unit of work that may be taken back, at most so many, locked.

    Each is the images of one row that was deleted for its own sake, its own first, and of all that
    went with it. `below` looks only at what was kept before that image.
    """
    rows = RemovedRow.objects.using(current().side.alias).filter(batch=batch, restored_at=None)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    roots = list(rows.filter(root=True).order_by("-id").values_list("pk", flat=True)[: most + 1])
    end = roots[most] if len(roots) > most else 0
    found: list[list[RemovedRow]] = []
    for image in rows.filter(pk__gt=end).order_by("-id").select_for_update():
        if image.root:
            found.append([])
        if found:
            found[-1].append(image)
    return found


def restore(images: Sequence[RemovedRow]) -> Restored:
    """Bring back what one deletion took, once.

    What a row referred to may be gone since: an optional reference stays empty, and a row that
    cannot be without it stays away. Raises `Conflict` when a row that was deleted for its own sake
    cannot come back.
    """
    alias, found = current().side.alias, Restored()
    for image in images:
        _bring_back(alias, image, found)
    kept = RemovedRow.objects.using(alias).filter(pk__in=[image.pk for image in images])
    kept.update(restored_at=clock.now())
    return found


def _whole(alias: str, model: type[Model], pks: Iterable[Any]) -> list[Model]:
    """The rows with all their columns: what Django collects has only those it needs."""
    found = model._base_manager.using(alias).in_bulk(list(pks))
    return list(found.values())


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [one for one in model._meta.concrete_fields if not isinstance(one, TransactionField)]


def _image(row: Model) -> dict[str, Any]:
    secret = secret_fields(type(row))
    return {
        column.attname: _exact(getattr(row, column.attname))
        for column in _columns(type(row))
        if column.name not in secret
    }


def _exact(value: Any) -> Any:
    """Instants to the microsecond; the encoder would cut them to the millisecond."""
    return value.isoformat() if isinstance(value, datetime) else value


def _bring_back(alias: str, image: RemovedRow, found: Restored) -> None:
    row = _ready(image)
    try:
        missing = _without(alias, row)
        with transaction.atomic(using=alias):
            if missing:
                raise IntegrityError(missing)
            row.save_base(raw=True, force_insert=True, using=alias)
    except (IntegrityError, ValidationError) as error:
        words = {"name": image.title or str(row)}
        if image.root:
            raise Conflict(
                _("“%(name)s” cannot come back.") % words,
                _("What it belonged to is gone, or another record has its unique value now."),
                _("Look for the record that has it, change it there, and try again."),
            ) from error
        found.left.append(_("“%(name)s” could not come back with it.") % words)
    else:
        found.rows.append(row)
        found.roots += [row] if image.root else []


def revived(image: RemovedRow, without: frozenset[str] = frozenset()) -> Model:
    """The row as it was, not stored; columns that came later have their defaults, those that went
    are left out, and so are those named."""
    model = apps.get_model(image.table)
    known = {
        column.attname: _value(column, image.image[column.attname])
        for column in _columns(model)
        if column.attname in image.image and column.name not in without
    }
    row: Model = model(**known)
    return row


def _ready(image: RemovedRow) -> Model:
    row = revived(image)
    if isinstance(row, Record):
        # Whoever still has the deleted version open must not write over the restored one.
        row.version, row.changed_at = row.version + 1, clock.now()
    return row


def _value(column: Field[Any, Any], value: Any) -> Any:
    target = getattr(column, "target_field", column)
    return None if value is None else target.to_python(value)


def _without(alias: str, row: Model) -> str:
    """Empty the references to rows that are gone; returns one that must not be empty."""
    for column in _columns(type(row)):
        value = getattr(row, column.attname)
        related = column.related_model
        if value is None or not isinstance(related, type):
            continue
        if related._base_manager.using(alias).filter(pk=value).exists():
            continue
        if not column.null:
            return column.name
        setattr(row, column.attname, None)
    return ""
