"""Who may be given a record: nobody who may not open records of its type at all.

Who there is, and what they may, is known to the context that has the staff (`use`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from kundenkreis.kernel import refusal
from kundenkreis.kernel.access import Actor, Level, subject_of
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.record import Record

Strangers = Callable[[str, Collection[int]], Mapping[int, str]]

_strangers: list[Strangers] = []


def use(strangers: Strangers) -> None:
    """Say who of some members of staff, by number, lacks a right altogether: their names."""
    _strangers[:] = [strangers]


def require(actor: Actor, model: type[Model], owner_ids: Iterable[int | None]) -> None:
    """Raise `DomainError`, naming who and why, where one of the owners could not open the record.

    What the product does by itself goes on: an order must not be lost for the sake of a role.
    """
    if actor.user_id is None or not issubclass(model, Record):
        return
    asked = {pk for pk in owner_ids if pk is not None and pk != actor.user_id}
    for error in refused(model, asked).values():
        raise error


def require_changes(
    actor: Actor, model: type[Model], changes: Iterable[tuple[Any, Mapping[str, Sequence[Any]]]]
) -> None:
    """The same for records with their changes, old and new values by field.

    Raises `NotAllowed` for giving a record away that is only shared with the actor: it is not
    theirs to give to anybody, themselves included.
    """
    given = [(row, found) for row, found in changes if {"owner_id", "team_id"} & found.keys()]
    if not given or not issubclass(model, Record):
        return
    right = f"{subject_of(model)}.change"
    level = actor.level(right)
    if actor.shares is not None and Level.NONE < level < Level.ALL:
        for row, found in given:
            whose = [found.get(name, [getattr(row, name)])[0] for name in ("owner_id", "team_id")]
            if not actor.has(level, *whose):
                raise actor.refusal(right)
    require(actor, model, (found["owner_id"][1] for _, found in given if "owner_id" in found))


def refused(model: type[Model], owner_ids: Collection[int]) -> dict[int, DomainError]:
    """Which members of staff may not be given records of a model, each with the reason."""
    if not (_strangers and owner_ids):
        return {}
    subject = subject_of(model)
    found = _strangers[0](f"{subject}.read", owner_ids)
    return {pk: _refusal(name, subject) for pk, name in found.items()}


def _refusal(name: str, subject: str) -> DomainError:
    words = {"name": name, "what": refusal.named(subject)}
    return DomainError(
        _("%(name)s cannot be given this record.") % words,
        _("None of the roles of %(name)s allows seeing %(what)s.") % words,
        _("Choose somebody else, or ask your administrator to give them another role."),
        field="owner_id",
    )
