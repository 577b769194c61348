"""A list in groups: their rows, their heads, and the addresses that fold one or show it alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import conditions
from kundenkreis.kernel.conditions import All, Kind
from kundenkreis.records.lists import groups as reading
from kundenkreis.records.lists import keyset
from kundenkreis.records.lists.addresses import changed
from kundenkreis.records.lists.grouping import Grouping
from kundenkreis.records.lists.groups import ALL, FOLDED, Group, is_folded

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.conditions import Moment, Node
    from kundenkreis.records.fields import Info
    from kundenkreis.records.lists.figures import Figures
    from kundenkreis.records.lists.filters import Filters


@dataclass(slots=True)
class Grouped:
    """The groups of a list in order, and what its address says of them."""

    grouping: Grouping
    groups: list[Group]
    filters: Filters
    moment: Moment

    @property
    def folded(self) -> list[str]:
        return self.filters.parameters.getlist(FOLDED)

    @property
    def fold_all_url(self) -> str:
        """Folds all groups, or unfolds them where any is folded."""
        return self._changed(**{FOLDED: "" if self.folded else ALL, "after": "", "before": ""})

    def page(self, rows: QuerySet[Any], fields: list[str], **page: Any) -> reading.Page:
        """One page of the rows, group by group."""
        part_of = partial(self._part, rows)
        return reading.page(self.groups, part_of, fields, folded=self.folded, **page)

    def parts(self, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """The rows of each group."""
        return [self._part(rows, group) for group in self.groups]

    def neighbours(
        self, rows: QuerySet[Any], fields: list[str], record: Any, *, descending: bool
    ) -> tuple[int | None, int | None]:
        """The numbers of the rows before and after a record, across the groups."""
        at = self._place_of(record)
        if at is None:
            return None, None
        own = self._part(rows, self.groups[at])
        before, after = keyset.neighbours(own, fields, record, descending=descending)
        ways = (
            (before, reversed(self.groups[:at]), True),
            (after, self.groups[at + 1 :], False),
        )
        found = []
        for beside, others, backwards in ways:
            ends = (
                keyset.keys(
                    self._part(rows, one),
                    fields,
                    most=1,
                    descending=descending,
                    backwards=backwards,
                )
                for one in others
            )
            found.append(beside or next((pk for pks in ends for pk in pks), None))
        return found[0], found[1]

    def _place_of(self, record: Any) -> int | None:
        """Which of the groups a record is in, the first of several."""
        known = type(record)._default_manager.filter(pk=record.pk)
        values = known.annotate(group_value=self.grouping.field.sql).values_list("group_value")
        keys = {reading.text_of(key) for (value,) in values for key in self.grouping.keys(value)}
        places = [place for place, one in enumerate(self.groups) if one.key in keys]
        others = [place for place, one in enumerate(self.groups) if one.key == reading.OTHERS]
        return next(iter([*places, *others]), None)

    def rows(
        self, figures: Figures, page: reading.Page, made: Mapping[int, SafeString], *, picked: bool
    ) -> list[SafeString]:
        """The rows of a page, below the heads of their groups."""
        found = []
        for group, pks in page.parts:
            folded = is_folded(group, self.folded)
            fold, only = self._fold_url(group), self._only_url(group)
            found.append(
                figures.head(group, picked=picked, fold_url=fold, only_url=only, folded=folded)
            )
            found += [made[pk] for pk in pks if pk in made]
        return found

    def where(self, node: Node) -> Q:
        """A condition in the database."""
        return conditions.node_q(node, self.filters.vocabulary, self.moment)

    def _part(self, rows: QuerySet[Any], group: Group) -> QuerySet[Any]:
        return rows.filter(self.where(group.node))

    def _fold_url(self, group: Group) -> str:
        known, folded = [one.key for one in self.groups], self.folded
        if is_folded(group, folded):
            keys = [key for key in (known if ALL in folded else folded) if key != group.key]
        else:
            keys = [*folded, group.key]
        return self._changed(**{FOLDED: keys})

    def _only_url(self, group: Group) -> str:
        tree = All((*self.filters.conditions, group.node))
        where = json.dumps(conditions.dump(tree, self.filters.vocabulary))
        return self._changed(where=where, after="", before="", **{FOLDED: ""})

    def _changed(self, **values: Any) -> str:
        return changed(self.filters.address, self.filters.parameters, **values)


def grouped(
    grouping: Grouping,
    rows: QuerySet[Any],
    fields: Sequence[Info],
    filters: Filters,
    moment: Moment,
    *,
    sort: str,
    exact: bool,
) -> Grouped:
    """The groups of these rows, counted where `exact`. Raises `groups.TooMany`.

    Times run backwards, as people look at what was last, unless the list is sorted by them.
    """
    name = grouping.field.name
    down = sort == f"-{name}" if sort.removeprefix("-") == name else _is_past(grouping)
    made = Grouped(grouping, [], filters, moment)
    if exact:
        made.groups = reading.counted(grouping, rows, fields, down=down)
    else:
        made.groups = reading.seen(grouping, rows, down=down)
    return made


def _is_past(grouping: Grouping) -> bool:
    return grouping.field.kind is Kind.DATETIME
