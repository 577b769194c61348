"""Who is looking and who is acting: a frozen value, loaded once per request.

`Grant` levels follow one scale: none < own < team < tree (the team and those below it) < all. Rights are named
`side.type.action`, e.g. `crm.opportunity.change`; `*` in a grant matches any part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache, partial
from hashlib import blake2b
from itertools import product
from types import MappingProxyType
from typing import Any, Protocol

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from kundenkreis.kernel import custom, seclusion, withheld
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.sides import Side, side_of_label


class Level(IntEnum):
    """How far a right reaches."""

    NONE = 0
    OWN = 1
    TEAM = 2
    TREE = 3
    ALL = 4

    @classmethod
    def named(cls, name: str) -> Level:
        return cls[name.upper()]


class Shares(Protocol):
    """The records that are shared with somebody."""

    def rows(self, subject: str, action: str) -> Collection[int] | QuerySet[Any]:
        """Their numbers; a query where there are very many."""

    def among(self, subject: str, action: str, pks: Collection[int]) -> Collection[int]:
        """Which of some records are among them."""

    def state(self, side: Side) -> str:
        """Another text whenever something of a side was shared, or is not any more."""


_NOTHING: Mapping[str, Level] = MappingProxyType({})
_NO_FIELDS: Mapping[str, frozenset[str]] = MappingProxyType({})


@lru_cache(maxsize=1024)
def _patterns(right: str) -> tuple[str, ...]:
    """Every pattern that matches a right; a page asks for dozens of rights, always the same."""
    side, kind, action = right.split(".")
    return tuple(map(".".join, product((side, "*"), (kind, "*"), (action, "*"))))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads or acts.

    `user_id` is None for the product itself; `via` says through what (ui, api, import, link …);
    `grants` maps right patterns to levels; `below` are the teams under their own ones; `hidden` and
    `locked` name the fields of a type (`crm.person`) that must not be known, or not be changed;
    `shares` knows the records that are shared with them, `stands_in_for` names the absent whose deputy
    they are, `owes` what they must do before they have any rights. `kept` is what was made for them.
    """

    name: str
    user_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    grants: Mapping[str, Level] = field(default_factory=lambda: _NOTHING, hash=False)
    via: str = "ui"
    below: frozenset[int] = frozenset()
    hidden: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NO_FIELDS, hash=False)
    locked: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NO_FIELDS, hash=False)
    shares: Shares | None = field(default=None, hash=False, compare=False)
    stands_in_for: frozenset[int] = frozenset()
    owes: str = ""
    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def owners(self) -> frozenset[int]:
        """Whose records are the viewer's own: theirs, and for a time those of who is absent."""
        own = () if self.user_id is None else (self.user_id,)
        return self.stands_in_for.union(own)

    @property
    def reference(self) -> str:
        """How the audit names the actor: `user:17` or `system:link`."""
        return f"user:{self.user_id}" if self.user_id is not None else f"system:{self.name}"

    def level(self, right: str) -> Level:
        """The widest level any matching grant gives."""
        given = [self.grants[one] for one in _patterns(right) if one in self.grants]
        return max(given, default=Level.NONE)

    def may(self, right: str) -> bool:
        return self.level(right) > Level.NONE

    def require(self, right: str) -> None:
        """Raise `NotAllowed` when the right is missing altogether."""
        if not self.may(right):
            raise self.refusal(right)

    def refusal(self, right: str) -> NotAllowed:
        """Why they may not do something: they lack the right, or it does not reach so far."""
        return NotAllowed(right, reach=self.level(right).name.lower())

    def sees(self, subject: str, name: str) -> bool:
        """Whether a field of a type (`crm.person`) may be known: shown, sorted or filtered by."""
        return name not in self.hidden_of(subject)

    def hidden_of(self, subject: str) -> frozenset[str]:
        """The fields of a type that must not be known: what is worked out from one tells of it."""
        hidden = self.hidden.get(subject)
        if not hidden:
            return frozenset()
        made = custom.made_of(subject).items()
        return hidden.union(name for name, parts in made if parts & hidden)

    def sets(self, subject: str, name: str) -> bool:
        """Whether a field of a type may be changed, where the record may be."""
        return self.sees(subject, name) and name not in self.locked.get(subject, ())

    def rights(self, side: Side) -> str:
        """Another text whenever they may see or do something else on a side than before."""
        parts: list[object] = [
            sorted(self.owners),
            sorted(self.team_ids),
            sorted(self.below),
            sorted(self.grants.items()),
            sorted((subject, *sorted(names)) for subject, names in self.hidden.items()),
            sorted((subject, *sorted(names)) for subject, names in self.locked.items()),
            self.shares.state(side) if self.shares else "",
        ]
        return blake2b(repr(parts).encode(), digest_size=16).hexdigest()

    def through(self, via: str) -> Viewer:
        return replace(self, via=via)

    def covers(self, right: str, record: Any, *, shared: bool = True) -> bool:
        """Whether the right reaches this record: by its owner or team, or because it is `shared`."""
        return self.covered(right, [record], shared=shared)[0]

    def covered(self, right: str, records: Sequence[Any], *, shared: bool = True) -> list[bool]:
        """The same of each of some records, with one question for all of them."""
        found = self._covered(right, records, shared=shared)
        if self.user_id is not None and right.endswith(CHANGING):
            frozen = frozen_among(_of_subject(right, records))
            return [
                may and one.pk not in frozen if frozen else may
                for may, one in zip(found, records, strict=True)
            ]
        return found

    def _covered(self, right: str, records: Sequence[Any], *, shared: bool) -> list[bool]:
        level = self.level(right)
        if level in (Level.ALL, Level.NONE):
            return [level is Level.ALL] * len(records)
        subject, _dot, action = right.rpartition(".")
        found = [self.has(level, one.owner_id, one.team_id) for one in records]
        further = {
            place: one.pk
            for place, one in enumerate(records)
            if not found[place] and isinstance(one, Model) and subject_of(type(one)) == subject
        }
        if shared and self.shares is not None and further:
            known = self.shares.among(subject, action, set(further.values()))
            for place, pk in further.items():
                found[place] = pk in known
        return found

    def has(self, level: Level, owner_id: int | None, team_id: int | None) -> bool:
        """Whether a level short of all reaches the records of that owner and team."""
        return owner_id in self.owners or team_id in self.teams_within(level)

    def teams_within(self, level: Level) -> frozenset[int]:
        """The teams whose records a level reaches, short of all; their owners do not matter."""
        if level is Level.TREE:
            return self.team_ids | self.below
        return self.team_ids if level is Level.TEAM else frozenset()

    def require_for(self, right: str, record: Any) -> None:
        """Raise `NotAllowed` when the right does not reach this record, or why nobody changes it."""
        if not self.covers(right, record):
            raise self.refusal_for(right, record)

    def refusal_for(self, right: str, record: Any) -> DomainError:
        """Why they may not do something with this record: nobody may, or they lack the right."""
        changes = self.may(right) and right.endswith(CHANGING)
        frozen = frozen_among(_of_subject(right, [record])) if changes else {}
        return next(iter(frozen.values()), None) or self.refusal(right)


Actor = Viewer


def system(name: str, via: str | None = None) -> Actor:
    """The product acting by itself, e.g. the link or an import without a user."""
    return Viewer(name=name, grants=MappingProxyType({"*.*.*": Level.ALL}), via=via or name)


# The right to read every record of a side.
_EVERYTHING = {side: f"{side or '*'}.*.read" for side in (None, *Side)}

# Models whose rows are read by a right of their own, wherever they appear.
_READ_BY: dict[type[Model], str] = {}

# What staff do with a record that may be frozen.
CHANGING = (".change", ".remove")
Frozen = Callable[[Sequence[Any]], Mapping[int, "DomainError"]]
_FROZEN: dict[type[Model], Frozen] = {}


def freeze(model: type[Model], why: Frozen) -> None:
    """Say which rows of a model no member of staff changes or deletes, whatever their rights: the
    reason by number, for those of the given ones."""
    _FROZEN[model] = why


def frozen_among(records: Sequence[Any]) -> Mapping[int, DomainError]:
    """Those of some records that nobody changes, by their numbers, each with the reason."""
    found: dict[int, DomainError] = {}
    for model, why in _FROZEN.items():
        if own := [one for one in records if type(one) is model and one.pk is not None]:
            found |= why(own)
    return found


def _of_subject(right: str, records: Sequence[Any]) -> list[Any]:
    """Those that the right itself is about: a right to restrict people changes no person."""
    subject = right.rpartition(".")[0]
    return [one for one in records if isinstance(one, Model) and subject_of(type(one)) == subject]


def guard(model: type[Model], right: str) -> None:
    """Say that rows of a model are shown only to whom this right reaches them."""
    _READ_BY[model] = right
    guarded.cache_clear()


def reads_all(viewer: Viewer, model: type[Model]) -> bool:
    """Whether the viewer may read every row of a model that is read by a right of its own."""
    return viewer.level(_READ_BY[model]) is Level.ALL and not seclusion.outside(viewer, model)


def visible[M: Any](viewer: Viewer, rows: QuerySet[M], right: str) -> QuerySet[M]:
    """Only the rows the viewer's right reaches, none without the right; see `readable`."""
    return readable(viewer, _reached(viewer, rows, right))


def readable[M: Any](viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows with only those related records that the viewer may read.

    To everybody else it looks as if there were none: whatever is made from a row (a cell, a title,
    a card, a file) says nothing of a record behind it. Costs one query per relation, and none for
    whom all may be read. Must not be followed by `select_related` of such a relation.
    """
    for name, nullable, related in _hidden_from(viewer, rows.model):
        if nullable:
            rows = rows.prefetch_related(Prefetch(name, related))
        else:
            # One look-up per row; SQLite would first make a list of all that may be read.
            rows = rows.filter(Exists(related.order_by().filter(pk=OuterRef(f"{name}_id"))))
    return known(viewer, rows)


def known[M: Any](viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows without the fields, and without the parts, that are hidden from the viewer."""
    if (
        not viewer.hidden
        and viewer.level(_EVERYTHING[side_of_label(rows.model._meta.app_label)]) is Level.ALL
        and seclusion.finds_all(viewer)
    ):
        return rows
    rows = withheld.without(rows, _hidden_columns(viewer), partial(_readable_of, viewer))
    return withheld.without_parts(rows, viewer.hidden_of(subject_of(rows.model)))


def _hidden_columns(viewer: Viewer) -> withheld.Names:
    if not viewer.hidden:
        return {}
    names = {model: viewer.hidden_of(subject_of(model)) for model in _READ_BY}
    return {model: withheld.columns_of(model, some) for model, some in names.items() if some}


def _readable_of(viewer: Viewer, model: type[Model]) -> QuerySet[Any]:
    """The rows of another model that the viewer may know of."""
    rows = model._default_manager.all()
    right = _READ_BY.get(model)
    return rows if right is None else visible(viewer, rows, right)


def subject_of(model: type[Model]) -> str:
    """How rights name a type of record: `crm.person`; a part has the name of its own model."""
    side = side_of_label(model._meta.app_label)
    return f"{side}.{model._meta.model_name}"


def require_fields(actor: Actor, row: Model, names: Iterable[str]) -> None:
    """Raise `NotAllowed` unless the actor may set these fields of a row.

    A part needs the right to the field that it stands for, whatever of it is changed.
    """
    if not (actor.hidden or actor.locked):
        return
    model = type(row)
    asked = [
        (model, name if is_custom(name) else model._meta.get_field(name).name) for name in names
    ]
    for holder, name in [*asked, *withheld.fields_of(row)]:
        subject = subject_of(holder)
        if not actor.sets(subject, name):
            raise NotAllowed(f"{subject}.change", field=name)


def may_read_all(viewer: Viewer, model: type[Model]) -> bool:
    """Whether there is no related record of a model's rows that the viewer may not read."""
    return not any(_hidden_from(viewer, model))


def readable_at(viewer: Viewer, model: type[Model], path: str) -> Q:
    """What must hold of a row so that the viewer may know its value at a path of relations.

    An empty `Q` when there is nothing on the way that this viewer may not read: only then a list
    may be sorted by it, because an order tells the values.
    """
    if is_custom(path):
        return _readable_at_key(viewer, model, path)
    found, at = Q(), model
    prefix = ""
    for part in path.split("__"):
        if not viewer.sees(subject_of(at), part):
            return Q(pk__in=[])
        if part in guarded(at):
            for name, _, related in _hidden_from(viewer, at):
                if name == part:
                    found &= Q(**{f"{prefix}{part}__in": related})
        prefix += f"{part}__"
        at = next((f.related_model for f in at._meta.fields if f.name == part), None) or at
    return found


def _readable_at_key(viewer: Viewer, model: type[Model], name: str) -> Q:
    if not viewer.sees(subject_of(model), name):
        return Q(pk__in=[])
    key = custom.find(model, name)
    right = _READ_BY.get(key.related) if key is not None and key.related is not None else None
    if key is None or key.related is None or right is None or reads_all(viewer, key.related):
        return Q()
    return Q(**{f"{name}__in": _readable_of(viewer, key.related)})


@lru_cache(maxsize=500)
def guarded(model: type[Model]) -> dict[str, type[Model]]:
    """The relations of a model to rows that are read by a right of their own."""
    related = {field.name: field.related_model for field in model._meta.fields}
    return {name: other for name, other in related.items() if other in _READ_BY}


def _hidden_from(viewer: Viewer, model: type[Model]) -> Iterator[tuple[str, bool, QuerySet[Any]]]:
    """Relations of which the viewer may not read every row: name, nullable, what may be read."""
    for name, other in guarded(model).items():
        if not reads_all(viewer, other):
            if other not in viewer.kept:  # put together once: a page asks hundreds of times
                rows = _reached(viewer, other._default_manager.all(), _READ_BY[other])
                viewer.kept[other] = known(viewer, rows)
            yield name, model._meta.get_field(name).null, viewer.kept[other].all()


def _reached[M: Any](viewer: Viewer, rows: QuerySet[M], right: str) -> QuerySet[M]:
    level, found = viewer.level(right), seclusion.outside(viewer, rows.model)
    rows = rows.filter(found) if found else rows
    if level is Level.ALL:
        return rows
    owned = hasattr(rows.model, "owner_id")  # a right to anything else has no narrower reach
    if level is Level.NONE or viewer.user_id is None or not owned:
        return rows.none()
    return rows.filter(_reach(viewer, rows.model, right, level))


def _reach(viewer: Viewer, model: type[Model], right: str, level: Level) -> Q:
    # By numbers instead of queries: both databases then look each of these up by its index.
    found = Q(owner_id__in=viewer.owners)
    if teams := viewer.teams_within(level):
        found |= Q(team_id__in=teams)
    subject, _dot, action = right.rpartition(".")
    if viewer.shares is not None and subject == subject_of(model):
        shared = viewer.shares.rows(subject, action)
        if isinstance(shared, QuerySet) or shared:
            found |= Q(**{f"pk__{'in' if isinstance(shared, QuerySet) else 'among'}": shared})
    return found
