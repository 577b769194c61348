"""Fields that a company defines itself: keys of the `custom` column that every record has.

A key is a field like any other, under the name `custom__color`: in queries
(`filter(custom__color="red")`, `order_by`, `F`, `values`), as an attribute of a record, and in the
audit, so that history and undo know each one by itself. What a key holds is said by whoever keeps
the definitions (`use`); a value of another sort counts as missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Model, Transform
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import PREFIX
from kundenkreis.kernel.shapes import SHAPES, Shape


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of one key: how its values lie in JSON, what a new record starts with.

    `related` is the model whose rows the values name; `compute` works out the value, as it is
    stored, of a key that nobody writes to; `fits` says whether a value may be stored.
    """

    name: str
    shape: str = ""
    default: Callable[[], Any] | None = None
    related: type[Model] | None = None
    compute: Callable[[Any], Any] | None = None
    fits: Callable[[Any], bool] | None = None

    @property
    def stored(self) -> Shape:
        return SHAPES[self.shape]

    def read(self, record: Any) -> Any:
        """The value in a record; of a relation the number of the row it names."""
        return self.stored.read(record.custom.get(self.name))


Keys = Callable[[type[Model]], Mapping[str, Key]]
Made = Callable[[str], Mapping[str, frozenset[str]]]


def _none(of: Any) -> Mapping[str, Any]:
    return {}


_keys: list[Keys] = [_none]
_made: list[Made] = [_none]


def use(keys: Keys, made: Made) -> None:
    """Say where the keys of a model are known from, and `made_of`."""
    _keys[0], _made[0] = keys, made


def keys(model: type[Model]) -> Mapping[str, Key]:
    """The keys of a model's records, by name without the prefix; what is worked out comes after
    all that it is made of."""
    return _keys[0](model)


def made_of(subject: str) -> Mapping[str, frozenset[str]]:
    """The fields of a type (`crm.person`) that are worked out, each with all it is made of."""
    return _made[0](subject)


def computed(model: type[Model]) -> list[Key]:
    """The keys that are worked out, in the order in which that is done."""
    return [key for key in keys(model).values() if key.compute is not None]


def settle[M: Model](model: type[M], records: Iterable[M]) -> list[dict[str, list[Any]]]:
    """Work out anew what is made of other fields; for each record what that changed, old and new."""
    known = computed(model)
    return [_settled(record, known) if known else {} for record in records]


def _settled(record: Any, known: Iterable[Key]) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    for key in known:
        assert key.compute is not None  # noqa: S101 - the caller has looked
        before, after = record.custom.get(key.name), key.compute(record)
        if before != after:
            _keep(record, key, after)
            changes[f"{PREFIX}{key.name}"] = [before, after]
    return changes


def find(model: type[Model], name: str) -> Key | None:
    """The key that a field name, or the name of a relation's number (`custom__boss_id`), means."""
    known, key = keys(model), name.removeprefix(PREFIX)
    if key in known:
        return known[key]
    found = known.get(key.removesuffix("_id"))
    return found if found is not None and found.related is not None else None


class CustomValues(models.JSONField):
    """The column itself; `custom__color` is a value of its definition's sort."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def get_transform(self, lookup_name: str) -> Any:
        key = find(self.model, lookup_name)
        if key is None or not key.shape:
            return super().get_transform(lookup_name)
        return partial(CustomValue, key.name, key.shape)


class CustomValue(Transform):
    """One key as SQL: the same text in queries and in indexes, so that these are used."""

    def __init__(self, key: str, shape: str, *expressions: Any, **extra: Any) -> None:
        self.key, self.shape = key, shape
        super().__init__(*expressions, output_field=SHAPES[shape].column, **extra)

    @property
    def form(self) -> Callable[[Any], Any]:
        """How a value is written to be compared with this one."""
        return SHAPES[self.shape].sql.form

    # The key stands in the text itself: no index is found by a parameter. It is a plain name.

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:
        return self._filled(compiler, SHAPES[self.shape].sql.sqlite, f"'$.{self.key}'")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:
        return self._filled(compiler, SHAPES[self.shape].sql.postgresql, f"'{self.key}'")

    def _filled(self, compiler: Any, template: str, key: str) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.lhs)
        sql = template.replace("<column>", column).replace("%s", key)
        return sql, [*params] * template.count("<column>")


def plain(record: Any, name: str) -> Any:
    """The value as it is stored, and as the audit keeps it; None when there is none."""
    return record.custom.get(name.removeprefix(PREFIX))


def put(record: Any, name: str, new: Any) -> None:
    """Set one key of a record in memory. Raises `DomainError` for what does not fit."""
    key = find(type(record), name)
    if key is None or not key.shape or key.compute is not None:
        raise DomainError(
            _("There is no field “%(name)s” to write to.") % {"name": name},
            _("It was removed meanwhile, or it is worked out by a formula."),
            field=name,
        )
    _keep(record, key, _written(key, name, new))
    record.__dict__.pop(f"_row_{key.name}", None)  # what was read for the value before


def _keep(record: Any, key: Key, written: Any) -> None:
    rest = {known: value for known, value in record.custom.items() if known != key.name}
    record.custom = rest if written is None else {**rest, key.name: written}


def with_defaults(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new record, and what it starts with where they say nothing."""
    started = {
        f"{PREFIX}{key.name}": key.default()
        for key in keys(model).values()
        if key.default is not None
    }
    return {**started, **values}


def start(model: type[Model], name: str) -> Any:
    """What a new record starts with."""
    key = find(model, name)
    return None if key is None or key.default is None else key.default()


def given(record: Any) -> dict[str, Any]:
    """Every key that has a value, by its field name; not what is worked out from others."""
    if not record.custom:
        return {}
    made = {key.name for key in computed(type(record))}
    return {f"{PREFIX}{name}": value for name, value in record.custom.items() if name not in made}


def _written(key: Key, name: str, new: Any) -> Any:
    if new is None or new == "" or new == []:
        return None
    try:
        written = key.stored.write(new)
        if key.fits is not None and not key.fits(written):
            raise ValueError(new)
        return written
    except (TypeError, ValueError, ArithmeticError):
        raise DomainError(
            _("“%(value)s” does not fit this field.") % {"value": str(new)[:80]},
            _("The field takes values of another sort."),
            field=name,
        ) from None
