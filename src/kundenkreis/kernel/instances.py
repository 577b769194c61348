"""New objects of a model: what its constructor makes, at a third of the cost.

An import makes half a million of them, and Django's constructor asks every field for its default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import getattr_static
from typing import Any, TypeVar

from django.db.models import Field, ForeignKey, Model
from django.db.models.base import ModelState
from django.db.models.fields import NOT_PROVIDED
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)


def new(model: type[M], values: Mapping[str, Any]) -> M:
    """An object with these values and the defaults of all other fields.

    Raises `TypeError` for a name that the model does not have.
    """
    blank = _blank(model)
    if blank is None:
        return model(**values)
    obj = model.__new__(model)
    own, state = vars(obj), ModelState()
    own.update(blank.plain, _state=state)
    for name, make in blank.made:
        own[name] = make()
    for name, value in values.items():
        if name in blank.direct:
            own[name] = value
        elif name in blank.related and isinstance(value, Model):
            attribute, key = blank.related[name]
            own[attribute], state.fields_cache[name] = getattr(value, key), value
        elif name in blank.names:
            setattr(obj, name, value)
        else:
            raise TypeError(f"{model.__name__} has no field {name}")
    return obj


@dataclass(frozen=True, slots=True)
class _Blank:
    """What every new object has: values that never differ, and what makes the others.

    A value may be given under any of `names`: `direct` ones are nothing but the attribute, and
    `related` ones take an object, of which the attribute holds a key.
    """

    plain: dict[str, Any]
    made: list[tuple[str, Callable[[], Any]]]
    names: frozenset[str]
    direct: frozenset[str]
    related: dict[str, tuple[str, str]]


@lru_cache(maxsize=500)
def _blank(model: type[Model]) -> _Blank | None:
    """See there. None where the constructor does more than that."""
    below = model.__mro__[: model.__mro__.index(Model)]
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    if heard or any("__init__" in vars(one) for one in below):
        return None
    fields = [
        field
        for field in model._meta.fields
        if field.column is not None and not getattr(field, "generated", False)
    ]
    return _Blank(
        plain={one.attname: one.get_default() for one in fields if _same_always(one)},
        made=[(one.attname, one.get_default) for one in fields if not _same_always(one)],
        names=frozenset(name for one in fields for name in (one.name, one.attname)),
        direct=frozenset(
            one.attname for one in fields if _set_by(model, one.attname) is DeferredAttribute
        ),
        related={
            one.name: (one.attname, one.target_field.attname)
            for one in fields
            if isinstance(one, ForeignKey)
            and _set_by(model, one.name) is ForwardManyToOneDescriptor
        },
    )


def _set_by(model: type[Model], name: str) -> type:
    return type(getattr_static(model, name))


def _same_always(field: Field[Any, Any]) -> bool:
    """Whether all new objects may share the default; one of the database's is only named here."""
    return field.default is NOT_PROVIDED or not callable(field.default)
