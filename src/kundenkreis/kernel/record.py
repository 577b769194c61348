"""What every record of both sides has from its first migration on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import FETCH_PEERS
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import custom
from kundenkreis.kernel.custom import CustomValues
from kundenkreis.kernel.fields import PREFIX, Words, is_custom
from kundenkreis.kernel.sides import Side, side_of_alias, side_of_label
from kundenkreis.kernel.withheld import Withheld

# What staff change on any record, whatever rules its own fields have.
EVERY_RECORDS = frozenset({"owner_id", "team_id", "tags", "next_step", "next_step_on"})


class PeersManager[M: models.Model](models.Manager[M]):
    """Fetches a missing relation for all rows of a result at once instead of row by row."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().fetch_mode(FETCH_PEERS)


def together[M: models.Model](record: M, missing: str, most: int = 500) -> list[M]:
    """A record and those read with it that still lack an attribute: to be filled in one query."""
    peers: Iterator[Any] = (
        found for known in record._state.peers if (found := known()) is not None
    )
    others = (peer for peer in peers if peer is not record and missing not in peer.__dict__)
    return [record, *islice(others, most - 1)]


def prefetched(record: models.Model, name: str) -> bool:
    """Whether related rows were read with the record, perhaps not all of them."""
    return name in getattr(record, "_prefetched_objects_cache", ())


class Record(models.Model):
    """Base of every record type: owner, team, version for optimistic locking, custom fields, tags,
    and what is to be done next with it, on which day (the German "Wiedervorlage").
    """

    id = models.BigAutoField(primary_key=True)
    owner_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    team_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    custom = CustomValues(default=dict, blank=True, editable=False)
    tags = Words(_("Tags"))
    next_step = models.CharField(_("Next step"), max_length=200, blank=True, db_default="")
    next_step_on = models.DateField(_("Due"), null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = PeersManager()

    class Meta:
        abstract = True

    if not TYPE_CHECKING:  # the type checker would believe in every name

        def __getattr__(self, name: str) -> Any:
            if is_custom(name):
                return _own_value(self, name)
            return self.__getattribute__(name)


def _own_value(record: Record, name: str) -> Any:
    """The value of a field the company has defined, as far as whoever read the record may know."""
    key = custom.find(type(record), name)
    if key is None:
        raise AttributeError(f"{type(record).__name__} has no field {name}")
    if key.related is not None and name == f"{PREFIX}{key.name}":
        return _related_row(record, key)
    return key.read(record)


def _related_row(record: Record, key: custom.Key) -> Any:
    """The row a value names, read at once for all records that were read together."""
    slot = f"_row_{key.name}"
    if slot not in record.__dict__:
        mode, records = record._state.fetch_mode, together(record, slot)
        readable = mode.readable if isinstance(mode, Withheld) else None
        assert key.related is not None  # noqa: S101 - the caller has looked
        rows = readable(key.related) if readable else key.related._default_manager.all()
        found = rows.in_bulk({pk for one in records if (pk := key.read(one)) is not None})
        for one in records:
            one.__dict__[slot] = found.get(key.read(one))
    return record.__dict__[slot]


def due_index(name: str) -> models.Index:
    """Finds the next steps that are due for one owner; records without one cost nothing."""
    return models.Index(
        fields=["owner_id", "next_step_on", "id"],
        name=name,
        condition=models.Q(next_step_on__isnull=False),
    )


def secret_fields(model: type[models.Model]) -> frozenset[str]:
    """Columns whose values the audit must not keep; the model's `secret_fields` names them."""
    named: frozenset[str] = getattr(model, "secret_fields", frozenset())
    return named


@lru_cache(maxsize=500)
def model_named(side: Side, name: str) -> type[models.Model] | None:
    """The model that references of one side call `name`."""
    for model in apps.get_models():
        if model._meta.model_name == name and side_of_label(model._meta.app_label) in (side, None):
            return model
    return None


def named_rows(rows: models.QuerySet[Any], values: Iterable[Any]) -> dict[Any, models.Model]:
    """The rows that kept values of a reference name: by their numbers, or by their slugs where the
    column held words before it became a reference."""
    numbers = {one for one in values if isinstance(one, int)}
    words = {one for one in values if isinstance(one, str)}
    found: dict[Any, models.Model] = {row.pk: row for row in rows.filter(pk__in=numbers)}
    if words and any(column.name == "slug" for column in rows.model._meta.concrete_fields):
        found |= {row.slug: row for row in rows.filter(slug__in=words)}
    return found


def internal_fields(model: type[models.Model]) -> frozenset[str]:
    """Columns that only the product itself writes, and that nobody is shown or may take back."""
    named: frozenset[str] = getattr(model, "internal_fields", frozenset())
    return named


def is_personal(model: type[models.Model]) -> bool:
    """Whether rows only say what a record is to one member of staff, such as a favourite."""
    return bool(getattr(model, "personal", False))


def holders(row: models.Model) -> Iterator[tuple[type[models.Model], int]]:
    """Model and number of the records a row is part of: it goes when one of them goes."""
    for column in row._meta.concrete_fields:
        related = column.remote_field
        if related is not None and related.on_delete is models.CASCADE:
            pk = getattr(row, column.attname)
            if pk is not None:
                yield related.model, pk


def former_holders(
    model: type[models.Model], changes: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[type[models.Model], int]]:
    """Model and number of the records of which a row that was changed is no part any more."""
    for name, holder in _holding(model).items():
        if name in changes and (pk := changes[name][0]) is not None:
            yield holder, pk


@lru_cache(maxsize=500)
def _holding(model: type[models.Model]) -> dict[str, type[models.Model]]:
    return {
        column.name: column.remote_field.model
        for column in model._meta.concrete_fields
        if column.remote_field and column.remote_field.on_delete is models.CASCADE
    }


def reference(obj: models.Model) -> str:
    """The text that names a row across tables and sides: `crm.opportunity:4711`."""
    return f"{_place(type(obj), obj._state.db)}:{obj.pk}"


@lru_cache(maxsize=1_000)
def _place(model: type[models.Model], alias: str | None) -> str:
    side = side_of_label(model._meta.app_label) or side_of_alias(alias)
    return f"{side}.{model._meta.model_name}"
