"""What conditions may speak about: an allow list of fields, and further kinds of nodes.

No name from outside reaches the database except through a `Field` found here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import F, Q
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions.errors import ConditionError
from kundenkreis.kernel.conditions.kinds import OPERATORS, Kind, Operator

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Expression
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.conditions.codec import Reader
    from kundenkreis.kernel.conditions.periods import Moment
    from kundenkreis.kernel.conditions.tree import Node


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice or reference field, as stored and as people read it."""

    value: str | int
    label: StrOrPromise


def _no_choices() -> Iterable[Choice]:
    return ()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a condition can compare.

    `read` gives the value from a record in memory (None = missing), `sql` the same as a database
    expression. Money also needs `sql_currency` (ISO 4217) beside `sql` (minor units), and reads a
    `kernel.money.Money`. Texts compare without regard to case and Unicode form unless `exact`,
    which is for codes and numbers and can use a plain index. Lists of words are looked up in
    `kernel.wordindex` by what `words` gives: the index's names of the kind of record and the field.
    `operators` narrows the kind's.
    """

    name: str
    kind: Kind
    label: StrOrPromise
    read: Callable[[Any], object]
    sql: Expression | F  # a text expression for texts, and so on: it is compared as it is
    sql_currency: Expression | F | None = None
    choices: Callable[[], Iterable[Choice]] = _no_choices
    operators: tuple[str, ...] = ()
    exact: bool = False
    words: tuple[str, str] = ("", "")
    group: StrOrPromise = ""
    help: StrOrPromise = ""

    def allowed(self) -> tuple[Operator, ...]:
        known = OPERATORS[self.kind]
        return tuple(op for op in known if not self.operators or op.name in self.operators)

    def operator(self, name: str) -> Operator | None:
        return next((op for op in self.allowed() if op.name == name), None)


def column(name: str, kind: Kind, label: StrOrPromise, path: str = "", **more: Any) -> Field:
    """A field that is a column, or one of a related row (`organisation__name`)."""
    path = path or name
    get = attrgetter(path.replace("__", "."))

    def read(record: Any) -> object:
        try:
            return get(record)
        except AttributeError:  # a relation on the way is empty
            return None

    return Field(name, kind, label, read, F(path), **more)


# Keys of JSON objects: anything printable that needs no escape in a JSON path of either database.
KEY = re.compile(r'[^\x00-\x1f\x7f"\\]{1,80}')


def _nothing_known() -> Iterable[tuple[str, Kind]]:
    return ()


@dataclass(frozen=True, slots=True)
class Family:
    """Fields that come and go with the data, such as traits: `trait.number.age`.

    A name carries the kind it reads as; a value of another type counts as missing. `make` builds
    the field for an accepted key, `known` lists keys worth suggesting.
    """

    prefix: str
    label: StrOrPromise
    kinds: tuple[Kind, ...]
    make: Callable[[str, str, Kind], Field]
    known: Callable[[], Iterable[tuple[str, Kind]]] = _nothing_known

    def field(self, name: str) -> Field | None:
        parts = name.split(".", 2)
        if len(parts) != 3 or parts[0] != self.prefix or parts[1] not in self.kinds:
            return None
        if not KEY.fullmatch(parts[2]):
            return None
        return self.make(name, parts[2], Kind(parts[1]))


class NodeType[N: Node](Protocol):
    """A further kind of node, with everything both evaluators and the editor need.

    `q` must be true or false of every row, never unknown: `Q` is negated plainly.
    `next_change` is the first instant after `moment.now` at which the node may answer differently
    although nothing happens, None if never; too early is allowed, too late is not. `pending`
    selects at least the rows for which it is not None.
    """

    @property
    def kind(self) -> str: ...
    @property
    def node(self) -> type[N]: ...
    @property
    def label(self) -> StrOrPromise: ...

    def load(self, reader: Reader) -> N: ...
    def dump(self, node: N) -> dict[str, Any]: ...
    def holds(self, node: N, facts: Any, moment: Moment) -> bool: ...
    def next_change(self, node: N, facts: Any, moment: Moment) -> datetime | None: ...
    def q(self, node: N, moment: Moment) -> Q: ...
    def pending(self, node: N, moment: Moment) -> Q: ...
    def say(self, node: N) -> str: ...
    def actual(self, node: N, facts: Any, moment: Moment) -> str: ...
    def inputs(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Vocabulary:
    """The fields, families of fields and node types that trees about one thing may use."""

    name: str
    fields: tuple[Field, ...] = ()
    families: tuple[Family, ...] = ()
    node_types: tuple[NodeType[Any], ...] = ()
    _made: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    @cached_property
    def by_kind(self) -> dict[str, NodeType[Any]]:
        return {one.kind: one for one in self.node_types}

    @cached_property
    def by_class(self) -> dict[type, NodeType[Any]]:
        return {one.node: one for one in self.node_types}

    def type_of(self, node: Node) -> NodeType[Any]:
        """The type of a node: the one it names itself, else the one of its class."""
        named: str | None = getattr(node, "node_type", None)
        return self.by_kind[named] if named else self.by_class[type(node)]

    def find(self, name: str) -> Field | None:
        """The field of that name, None when conditions may not use it."""
        found = self._fields.get(name) or self._made.get(name)
        if found is None:
            found = next((f for family in self.families if (f := family.field(name))), None)
            if found is not None and len(self._made) < 10_000:
                self._made[name] = found
        return found

    def field(self, name: str, path: str = "field") -> Field:
        """The field of that name. Raises `ConditionError` when conditions may not use it."""
        found = self.find(name)
        if found is None:
            raise ConditionError(
                path,
                _("There is no field “%(name)s”.") % {"name": name[:80]},
                _("It was removed, or it may not be used in conditions."),
                _("Choose another field."),
            )
        return found
