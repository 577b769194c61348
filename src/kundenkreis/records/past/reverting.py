"""Bringing single records back to what they were before a batch changed or made them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError
from django.db.models import ForeignKey, Model, ProtectedError
from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, removal, rowvalues, store
from kundenkreis.kernel.access import Level, require_fields
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.record import (
    Record,
    holders,
    internal_fields,
    is_personal,
    model_named,
    reference,
)
from kundenkreis.kernel.transactions import current
from kundenkreis.records import registry, write
from kundenkreis.records.events import PartUndone, RecordUndone
from kundenkreis.records.fields import info
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.models import AuditEntry
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Left:
    """Why something stays as it is, in words; of which record, and the refusal if it is one."""

    text: str
    pk: int | None = None
    name: str = ""
    error: DomainError | None = None
    row: Model | None = field(default=None, compare=False)

    @classmethod
    def of(cls, error: DomainError, name: str = "", pk: int | None = None) -> Left:
        return cls(str(error), pk, name, error)

    def told(self, reader: Actor) -> Left:
        """The same for whoever may not have been the one who took it back: nothing of a record
        that they may not read."""
        if self.row is None or _is_known(reader, self.row):
            return self
        return Left(_("Something that you may not see stays as it is."))

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class Done:
    """What a batch did to one record, some of its entries together."""

    target: str
    first: int
    actor: str
    made: bool = False
    gone: bool = False
    fields: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return whole(self.target.partition(":")[2]) or 0

    def add(self, entry: AuditEntry) -> None:
        if entry.action in ("create", "restore") and not self.fields:
            self.made = True
        elif entry.action == "remove":
            self.gone = True
        change = getattr(entry, "change", None)
        for name, (old, new) in (change.fields if change else {}).items():
            self.fields[name] = [self.fields.get(name, [old])[0], new]


class Reverting:
    """Takes records back, and keeps count: `back` are the targets that are as they were."""

    def __init__(self, actor: Actor, side: Side, batch: str, done: Mapping[str, Done]) -> None:
        self._actor, self._side, self._batch, self._done = actor, side, batch, done
        self.back: set[str] = set()
        self.left: list[Left] = []
        self.removed = False  # a record whose page may be open is gone

    def revert(self, waiting: Sequence[Done]) -> None:
        """Take records back in this order; one that is refused leaves its neighbours alone."""
        for (made, model), some in groupby(waiting, lambda one: (one.made, self._model(one))):
            together = list(some)
            if made and model is not None:
                self._taken_out(model, self._on_their_own(model, together))
            elif model is None or not self._changed_back(model, together):
                for one in together:
                    self._one(one)

    def _taken_out(self, model: type[Model], together: Sequence[Done]) -> None:
        """Take back that records were made: as many at once as nothing is in the way of."""
        if len(together) == 1:
            self._one(together[0])
        elif together and not self._removed(model, together):
            middle = len(together) // 2
            self._taken_out(model, together[:middle])
            self._taken_out(model, together[middle:])

    def _model(self, one: Done) -> type[Model] | None:
        return model_named(self._side, one.target.partition(":")[0].partition(".")[2])

    def _changed_back(self, model: type[Model], together: list[Done]) -> bool:
        """Change records of one type back, set-based; whether none of it was refused."""
        kind = registry.of_model(model)
        if kind is None or len(together) == 1:
            return False
        plans, left = [], []
        try:
            with store.group(self._side):
                rows = store.lock_many(model, [one.number for one in together])
                seen = set(kind.rows(self._actor).filter(pk__in=rows).values_list("pk", flat=True))
                for one in together:
                    if (row := rows.get(one.number)) is not None:
                        allow(self._actor, "change", row, seen)
                        require_fields(self._actor, row, _known(row, one))
                        values, why = _earlier_values(one, row)
                        plans += [(one, row, values)] if values else []
                        left += why
                # The same fields of many, as a rule.
                changes = [(row, values) for _one, row, values in plans]
                for (one, row, values), changed in zip(
                    plans, store.change_many(self._actor, model, changes), strict=True
                ):
                    if changed:
                        self._tell(one, row, values)
        except (IntegrityError, DomainError):
            self.back -= {one.target for one in together}
            return False  # one of them; which, is found out one by one
        self.left += left
        return True

    def _one(self, one: Done) -> None:
        row: Model | None = None
        try:
            with _whole(self._side):
                row = self._row(one)
                if row is not None:
                    self._take_back(one, row)
        except DomainError as error:
            self.back.discard(one.target)  # whoever heard of it has refused
            known = row is not None and not isinstance(error, NotFound)
            number = one.number if known else None
            self.left.append(Left.of(error, str(row) if known else "", number))

    def _row(self, one: Done) -> Model | None:
        """The record, locked; None when it is gone."""
        model = self._model(one)
        return store.lock_many(model, [one.number]).get(one.number) if model else None

    def _take_back(self, one: Done, row: Model) -> None:
        if not one.made:
            # Before anything is said of it; a record comes back as a whole or stays.
            allow(self._actor, "change", row)
            require_fields(self._actor, row, _known(row, one))
            values, left = _earlier_values(one, row)
            self.left += left
            if values and store.change(self._actor, row, **values):
                self._tell(one, row, values)
        else:
            self._remove(one, row)

    def _tell(self, one: Done, row: Model, values: Mapping[str, Any]) -> None:
        self.back.add(one.target)
        by = self._actor
        publish(RecordUndone(one.target, row.pk, tuple(values), by.user_id, by.name))

    def _on_their_own(self, model: type[Model], together: list[Done]) -> list[Done]:
        """Those that are not part of what the batch made, too: these go when that goes."""
        rows = store.lock_many(model, [one.number for one in together])
        names = {
            pk: {f"{self._side}.{of._meta.model_name}:{key}" for of, key in holders(row)}
            for pk, row in rows.items()
        }
        asked = {name for some in names.values() for name in some if name not in self._done}
        made = {name for name, one in self._done.items() if one.made}
        made |= audit.within(self._side, self._batch, asked, made=True) if asked else set()
        return [one for one in together if one.number in rows and not names[one.number] & made]

    def _removed(self, model: type[Model], together: Sequence[Done]) -> bool:
        """Take back, set-based, that records of one type were made; False, and nothing is done, where
        one of them is refused or was touched since."""
        kind = registry.of_model(model)
        if kind is None or "remove" not in kind.actions:
            return False
        try:
            with store.group(self._side):
                rows = store.lock_many(model, [one.number for one in together])
                pairs = [(one, rows[one.number]) for one in together if one.number in rows]
                seen = set(kind.rows(self._actor).filter(pk__in=rows).values_list("pk", flat=True))
                for one, row in pairs:
                    allow(self._actor, "create" if self._is_own(one) else "remove", row, seen)
                if self._touched(removal.collect(*(row for _one, row in pairs)), together):
                    return False
                own = all(self._is_own(one) for one in together)
                write.remove_many(kind, self._remover(kind, own=own), [row for _, row in pairs])
        except (IntegrityError, ProtectedError, DomainError):
            return False
        self.back |= {one.target for one in together}
        self.removed = True
        return True

    def _is_own(self, one: Done) -> bool:
        return one.actor == self._actor.reference

    def _remover(self, kind: RecordType, *, own: bool) -> Actor:
        """What somebody has made themselves they may take back without the right to delete."""
        right = {kind.right("remove"): Level.ALL} if own else {}
        return replace(self._actor, grants={**self._actor.grants, **right})

    def _touched(self, taken: removal.Taken, together: Sequence[Done]) -> bool:
        """Whether somebody added to some records, or changed them or what goes with them, since."""
        # What it is to members of staff, such as a favourite, is no reason to keep it.
        along = [one for one in taken.rows if not (taken.is_root(one) or is_personal(type(one)))]
        gone = {reference(part) for part in along if isinstance(part, Record)}
        # What only tells of a record that goes as well is no reason either.
        along = [part for part in along if getattr(part, "follows", "") not in gone]
        targets = {*map(reference, along), *(one.target for one in together)}
        first, ours = min(one.first for one in together), (self._batch, current().batch)
        return not all(isinstance(part, Record) for part in along) or audit.touched_since(
            self._side, targets, first, ours
        )

    def _remove(self, one: Done, row: Model) -> None:
        """Take back a creation, unless anything was done with the record since."""
        kind, own = registry.of_model(type(row)), self._is_own(one)
        allow(self._actor, "create" if own else "remove", row)
        if kind is not None and "remove" not in kind.actions:
            raise self._actor.refusal(kind.right("remove"))
        text = _("“%(name)s” was changed since and stays.")
        try:
            if not self._touched(removal.collect(row), [one]):
                if kind is None:
                    publish(PartUndone(one.target, row.pk))
                    store.remove(self._actor, row)
                else:
                    write.remove(kind, self._remover(kind, own=own), row.pk)
                self.back.add(one.target)
                self.removed = True
                return
        except (ProtectedError, DomainError):
            text = _("“%(name)s” is in use by now and stays.")
        self.left.append(Left(text % {"name": row}, row.pk, str(row), row=row))


@contextmanager
def _whole(side: Side) -> Iterator[None]:
    """All of it or nothing; a value that must be unique may be another record's by now."""
    try:
        with store.group(side):
            yield
    except IntegrityError as error:
        raise write.taken() from error


def _earlier_values(one: Done, row: Model) -> tuple[dict[str, Any], list[Left]]:
    """What the fields were before, and why some stay as they are."""
    values: dict[str, Any] = {}
    left: list[Left] = []
    for name, (old, new) in one.fields.items():
        if name in internal_fields(type(row)):
            continue
        column = _column(row, name)
        if column is None or column.many_to_many or old == audit.HIDDEN or new == audit.HIDDEN:
            left.append(_kept(row, name, _("this cannot be taken back")))
            continue
        present = audit.plain(rowvalues.plain(row, name))
        if present == new:
            found, value = _earlier(row, name, old)
            if found:
                values[column.name] = value
            else:
                left.append(_kept(row, name, _("what it referred to is gone")))
        elif present != old:
            left.append(_kept(row, name, _("it was changed since")))
    return values, left


def _earlier(row: Model, name: str, old: Any) -> tuple[bool, Any]:
    """The earlier value of a field, and whether there still is one."""
    if is_custom(name):
        return True, info(type(row), name).read(old)
    column: Any = row._meta.get_field(name)
    if isinstance(column, ForeignKey) and old is not None:
        related = store.rows(column.related_model).filter(pk=old).first()
        return related is not None, related
    if old is None and not column.null:
        return True, column.get_default() if column.has_default() else ""
    return True, column.to_python(old)


def allow(actor: Actor, action: str, row: Model, seen: set[int] | None = None) -> None:
    """The actor needs the right to the record; a part needs that to change what it is part of.

    `seen` are the records of its type that they may read, if somebody has asked already.
    """
    kind = registry.of_model(type(row))
    if kind is not None:
        # What nobody may see is not there.
        if seen is None:
            kind.one(actor, row.pk)
        elif row.pk not in seen:
            raise NotFound
        if action not in kind.actions:
            raise actor.refusal(kind.right(action))
        write.require_for(kind, actor, action, row)
        return
    model, pk = next(holders(row), (None, 0))
    holder = store.rows(model).filter(pk=pk).first() if model else None
    if holder is None:
        raise NotFound
    allow(actor, "change", holder)


def _known(row: Model, one: Done) -> list[str]:
    return [name for name in one.fields if _column(row, name)]


def _column(row: Model, name: str) -> Any:
    """The field of that name; None where a later version of the product has none."""
    try:
        return info(type(row), name).column if is_custom(name) else row._meta.get_field(name)
    except (FieldDoesNotExist, LookupError):
        return None


def _kept(row: Model, name: str, why: str) -> Left:
    label = getattr(_column(row, name), "verbose_name", name)
    text = _("%(field)s of “%(name)s”: %(why)s.") % {"field": label, "name": row, "why": why}
    return Left(text, row.pk, str(row), row=row)


def _is_known(reader: Actor, row: Model) -> bool:
    """Whether somebody may read a record, or the one that a part is of."""
    kind = registry.of_model(type(row))
    if kind is not None:
        return bool(kind.rows(reader).filter(pk=row.pk).exists())
    for model, pk in holders(row):
        holder = store.rows(model).filter(pk=pk).first()
        return holder is not None and _is_known(reader, holder)
    return False
