"""The menu that says what a list is grouped by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kundenkreis.records.lists.addresses import changed
from kundenkreis.records.lists.grouping import PARAMETER, STEPS, Grouping, offered
from kundenkreis.records.lists.groups import FOLDED
from kundenkreis.records.lists.menus import Option

if TYPE_CHECKING:
    from kundenkreis.records.lists.filters import Filters


@dataclass(slots=True)
class GroupMenu:
    """What a list may be grouped by, and of times by which stretch of them."""

    options: list[Option] = field(default_factory=list)
    steps: list[Option] = field(default_factory=list)
    chosen: str = ""
    clear: str = ""


def group_menu(filters: Filters, current: Grouping | None) -> GroupMenu:
    """The menu over a list with these filters that is grouped so."""

    def address(name: str) -> str:
        values = {PARAMETER: name, FOLDED: "", "after": "", "before": ""}
        return changed(filters.address, filters.parameters, **values)

    found = GroupMenu(clear=address(""))
    for one in offered(filters.kind, filters.viewer, filters.vocabulary):
        chosen = current is not None and one.field.name == current.field.name
        found.options.append(Option(str(one.field.label), address(one.name), chosen))
        if chosen:
            found.chosen = str(one.field.label)
    if current is not None and current.step:
        for step, (_months, label) in STEPS.items():
            name = f"{current.field.name}:{step}"
            found.steps.append(Option(str(label), address(name), step == current.step))
    return found
