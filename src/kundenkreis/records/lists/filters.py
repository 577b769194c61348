"""Filters of a list: parameters of its address become one tree of conditions.

`?stage=3&stage=4&owner_id=7` filters by choice and reference fields; `?where={…}` takes any tree
of `kernel.conditions` over the type's fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kundenkreis.kernel import conditions
from kundenkreis.kernel.conditions import All, Compare, ConditionError, Kind, Node, Vocabulary
from kundenkreis.kernel.conditions.tree import MAX_NODES
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import is_custom
from kundenkreis.records.custom import definitions
from kundenkreis.records.fields import Info, info, names
from kundenkreis.records.lists import dueness
from kundenkreis.records.lists.addresses import changed, pairs
from kundenkreis.records.lists.menus import Menu, menus, tags_of
from kundenkreis.records.lists.vocabulary import vocabulary
from kundenkreis.records.numbers import whole
from kundenkreis.records.page.next_step import knows as knows_steps
from kundenkreis.records.search.finding import Search, clean

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

PAGING = ("after", "before")
_CHOSEN = (Kind.TEXT, Kind.CHOICE, Kind.BOOLEAN, Kind.REFERENCE, Kind.WORDS)


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words; `remove_url` is the list without it."""

    label: str
    remove_url: str


@dataclass
class Filters:
    """What the address of a list asks for, as far as its viewer may ask it."""

    kind: RecordType
    viewer: Viewer
    parameters: QueryDict
    address: str
    vocabulary: Vocabulary
    search: Search
    chosen: dict[str, list[Any]] = field(default_factory=dict)
    conditions: Sequence[Node] = ()
    problem: ConditionError | str = ""

    @property
    def active(self) -> bool:
        return bool(self.chosen or self.conditions)

    @property
    def left_out(self) -> list[str]:
        """Fields that the address names and that are not, or not in full, filtered by here."""
        known = {*names(self.kind.model), dueness.FIELD}
        return [
            name
            for name, texts in self.parameters.lists()
            if (name in known or is_custom(name))
            and len([text for text in texts if text]) > len(self.chosen.get(name, ()))
        ]

    def require_all(self) -> None:
        """Raise `DomainError` unless all that the address asks for is applied.

        Whatever is done to all that match would be done to more: a field may have been archived or
        hidden since the list was looked at.
        """
        if self.problem or self.left_out:
            raise DomainError(
                _("This filter cannot be applied any more."),
                str(self.problem) or _("A field that it names is not there, or not for filtering."),
                _("Go back to the list and set the filter anew."),
            )

    @property
    def tree(self) -> Node:
        parts = [self._one_of(name, values) for name, values in self.chosen.items()]
        return All((*parts, *self.conditions))

    @property
    def where(self) -> str:
        """The conditions that could be understood, as an address says them."""
        return self._where(self.conditions)

    @property
    def sentence(self) -> str:
        return conditions.sentence(All(tuple(self.conditions)), self.vocabulary)

    @cached_property
    def menus(self) -> list[Menu]:
        """The filters that are offered beside the conditions; nothing is looked up before."""
        return menus(self.kind, self.viewer, self.parameters, self.address, self.chosen)

    @property
    def chips(self) -> list[Chip]:
        """One for each condition."""
        return [
            Chip(
                conditions.sentence(one, self.vocabulary),
                self._changed(where=self._where([c for c in self.conditions if c is not one])),
            )
            for one in self.conditions
        ]

    @property
    def clear(self) -> str:
        """The address without any filter."""
        return self._changed(where="", q="", **dict.fromkeys(self.chosen, ""))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a search sends along."""
        return pairs(self.parameters, without=("q", *PAGING))

    def _one_of(self, name: str, values: list[Any]) -> Node:
        if name == dueness.FIELD:
            return dueness.meant(values)
        several = info(self.kind.model, name).several
        return Compare(name, "has_any" if several else "in", tuple(values))

    def _where(self, some: Sequence[Node]) -> str:
        return json.dumps(conditions.dump(All(tuple(some)), self.vocabulary)) if some else ""

    def _changed(self, **values: str) -> str:
        return changed(self.address, self.parameters, **values, after="", before="")


def read(kind: RecordType, viewer: Viewer, parameters: QueryDict, address: str) -> Filters:
    """The filters of a request. A condition that cannot be understood is reported, not applied."""
    search = Search(kind, viewer, clean(parameters.get("q", "")[:100]).strip())
    found = Filters(kind, viewer, parameters, address, vocabulary(kind, viewer), search)
    for name in _names(kind, viewer):
        one = info(kind.model, name)
        values = [value for text in parameters.getlist(name) if (value := _typed(one, text)) != ""]
        if values:
            found.chosen[name] = values
    if where := parameters.get("where"):
        found.conditions, found.problem = _conditions(where, found.vocabulary)
    return found


def _conditions(text: str, words: Vocabulary) -> tuple[list[Node], ConditionError | str]:
    """The conditions that must all hold, and what is wrong with others that came with them."""
    problem: ConditionError | str = ""
    try:
        data = json.loads(text)
    except ValueError:
        return [], _("unreadable filter")
    try:
        tree = conditions.load(data, words)
        found = [*tree.children] if isinstance(tree, All) else [tree]
    except ConditionError as error:
        found, problem = _understood(data, words), error
    return [one for one in found if one != All()], problem


def _understood(data: Any, words: Vocabulary) -> list[Node]:
    """Those of several conditions that can be understood by themselves."""
    where = data["where"] if isinstance(data, dict) and "where" in data else {}
    children = (
        where.get("children") if isinstance(where, dict) and where.get("type") == "all" else 0
    )
    if not isinstance(children, list):
        return []
    found: list[Node] = []
    left = MAX_NODES
    for child in children:
        try:
            node = conditions.load_node(child, words)
        except ConditionError:
            continue
        left -= sum(1 for _node in conditions.walk(node))
        if left >= 0:
            found.append(node)
    return found


def _names(kind: RecordType, viewer: Viewer) -> Iterator[str]:
    """What an address may filter by: what the type offers, references, so that other pages can link
    to a list, and what the company has said its lists are filtered by."""
    yield from (name for name in (*kind.filters, *tags_of(kind)) if kind.sees(viewer, name))
    for column in kind.model._meta.concrete_fields:
        name = column.name
        if column.is_relation and name not in kind.filters and kind.sees(viewer, name):
            yield name
    for one in definitions.in_use(kind.model):
        chosen = one.fieldtype.kind in _CHOSEN
        if one.filterable and chosen and kind.sees(viewer, one.name):
            yield one.name
    if knows_steps(kind, viewer):
        yield dueness.FIELD


def _typed(found: Info, text: str) -> Any:
    if found.name == dueness.FIELD:
        return dueness.known(text)
    if found.kind is Kind.REFERENCE:
        number = whole(text)
        return "" if number is None else number
    if found.kind is Kind.BOOLEAN:
        return {"1": True, "0": False}.get(text, "")
    return clean(text)
