"""Counts and sums where they stand on a list: below its columns, and at the head of its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kundenkreis.records.lists.columns import numeric
from kundenkreis.ui import formats, parts
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.safestring import SafeString

    from kundenkreis.records.declaration import Column, RecordType
    from kundenkreis.records.fields import Info
    from kundenkreis.records.lists.counting import Counted
    from kundenkreis.records.lists.groups import Group
    from kundenkreis.records.lists.totals import Total


@dataclass(slots=True)
class Figures:
    """What a list counts and adds up. `fields` are those of its columns that can be added up;
    without a `total` the list is too long to do it at once, and `url` answers it."""

    kind: RecordType
    columns: tuple[Column, ...]
    fields: Sequence[Info]
    counted: Counted
    url: str
    total: Total | None = None
    groups: list[Group] = field(default_factory=list)
    ungrouped: str = ""  # the field that has too many values to be grouped by

    @property
    def count(self) -> SafeString:
        """The number of rows in words; one that is not exact can be asked for."""
        number = self.counted.number if self.counted.exact else 2
        text = ngettext("%(n)s record", "%(n)s records", number) % {"n": self.counted}
        if self.counted.exact:
            return markup('<span id="list-count">{}</span>', text)
        return markup(
            '<button type="button" id="list-count" class="button small ghost" hx-get="{}"'
            ' hx-swap="none" title="{}">{}</button>',
            self.url, _("Count and add up exactly"), text,
        )  # fmt: skip

    def foot(self, *, picked: bool) -> SafeString:
        """The row below the columns; nothing where none of them can be added up."""
        if not self.fields:
            return joined()
        first = markup('<span id="sum-all">{}</span>', self._first())
        return self._row("total-row", first, "sum", self.total, picked=picked, average=True)

    def head(
        self, group: Group, *, picked: bool, fold_url: str, only_url: str, folded: bool
    ) -> SafeString:
        """The row above a group: folds it, names it, counts it, leads to it alone."""
        name = _name(group)
        first = markup(
            '<span class="group-head"><button type="button" class="fold" aria-expanded="{}"'
            ' hx-get="{}" hx-target="#page" hx-select="#page" hx-swap="morph:outerHTML"'
            ' hx-push-url="true">{}<span>{}</span></button><span class="meta" id="{}-count">{}</span>'
            '<a class="only" href="{}" title="{}" aria-label="{}">{}</a></span>',
            "false" if folded else "true", fold_url,
            parts.icon("chevron-right" if folded else "chevron-down", "small"), group.label,
            name, formats.number(group.total.count) if group.total else "",
            only_url, _("Only this group"), _("Only %(group)s") % {"group": group.label},
            parts.icon("list-filter", "small"),
        )  # fmt: skip
        return self._row("group-row", first, name, group.total, picked=picked)

    def places(self) -> Iterator[SafeString]:
        """All of it, each part for its place on a page that has it already."""
        yield markup('<span id="list-count" hx-swap-oob="true">{}</span>', self._said)
        if self.fields:
            yield markup('<span id="sum-all" hx-swap-oob="true">{}</span>', self._first())
            yield from self._sums("sum", self.total, average=True)
        for group in self.groups:
            name, count = _name(group), formats.number(group.total.count if group.total else 0)
            place = '<span class="meta" id="{}-count" hx-swap-oob="true">{}</span>'
            yield markup(place, name, count)
            yield from self._sums(name, group.total)

    def _sums(
        self, name: str, total: Total | None, *, average: bool = False
    ) -> Iterator[SafeString]:
        for one in self.fields:
            text = _texts(total, one, average=average)
            yield markup('<span id="{}-{}" hx-swap-oob="true">{}</span>', name, one.name, text)

    @property
    def _said(self) -> str:
        return ngettext("%(n)s record", "%(n)s records", self.counted.number) % {"n": self.counted}

    def _first(self) -> SafeString | str:
        if self.total is not None:
            return pgettext("sum of a column", "Total")
        return markup(
            '<button type="button" class="button small ghost" hx-get="{}" hx-swap="none">Σ {}</button>',
            self.url, _("Add up"),
        )  # fmt: skip

    def _row(
        self,
        kind: str,
        first: SafeString,
        name: str,
        total: Total | None,
        *,
        picked: bool,
        average: bool = False,
    ) -> SafeString:
        """A row with a cell below each column; sums have places that can be filled later."""
        fields = {one.name: one for one in self.fields}
        cells = [markup('<td class="check"></td>')] if picked else []
        for place, column in enumerate(self.columns):
            one = fields.get(column.name)
            if place == 0:
                cells.append(markup('<td class="primary-cell">{}</td>', first))
            elif one is None:
                cells.append(markup("<td></td>"))
            else:
                side = "numeric" if numeric(self.kind, column) else ""
                text = _texts(total, one, average=average)
                cells.append(
                    markup(
                        '<td class="keep {}" data-label="{}"><span id="{}-{}">{}</span></td>',
                        side, one.label, name, one.name, text,
                    )
                )  # fmt: skip
        return markup('<tr class="{}">{}</tr>', kind, joined(*cells))


def _texts(total: Total | None, one: Info, *, average: bool) -> SafeString:
    """One line for each currency, and for numbers the average beside their sum."""
    added = total.added.get(one.name) if total is not None else None
    if added is None:
        return joined()
    lines = [markup('<span class="sum">{}</span>', text) for text in added.texts(exact=True)]
    if average and added.average:
        lines.append(markup('<span class="sum meta">Ø {}</span>', added.average))
    return joined(*lines)


def _name(group: Group) -> str:
    """What its places on the page are called: plain, whatever the group is."""
    return f"group-{crc32(group.key.encode()):x}"
