"""New objects of a model: what its constructor makes, at a third of the cost.

An import makes half a million of them, and Django's constructor asks every field for its default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import Field, Model
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)


def new(model: type[M], values: Mapping[str, Any]) -> M:
    """An object with these values and the defaults of all other fields.

    Raises `TypeError` for a name that the model does not have.
    """
    blank = _blank(model)
    if blank is None:
        return model(**values)
    plain, made, names = blank
    obj = model.__new__(model)
    vars(obj).update(plain, _state=ModelState())
    for name, make in made:
        vars(obj)[name] = make()
    for name, value in values.items():
        if name not in names:
            raise TypeError(f"{model.__name__} has no field {name}")
        setattr(obj, name, value)
    return obj


_Blank = tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], frozenset[str]]


@lru_cache(maxsize=500)
def _blank(model: type[Model]) -> _Blank | None:
    """What every new object has: values that never differ, what makes the others, and the names a
    value may be given under. None where the constructor does more than that."""
    below = model.__mro__[: model.__mro__.index(Model)]
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    if heard or any("__init__" in vars(one) for one in below):
        return None
    plain: dict[str, Any] = {}
    made: list[tuple[str, Callable[[], Any]]] = []
    names: set[str] = set()
    for field in model._meta.fields:
        if field.column is None or getattr(field, "generated", False):
            continue
        names |= {field.name, field.attname}
        if _same_always(field):
            plain[field.attname] = field.get_default()
        else:
            made.append((field.attname, field.get_default))
    return plain, made, frozenset(names)


def _same_always(field: Field[Any, Any]) -> bool:
    """Whether all new objects may share the default."""
    return not callable(field.default) and not field.has_db_default()
