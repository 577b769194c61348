"""The menu that says what a list is grouped by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundenkreis.records.lists.addresses import changed
from kundenkreis.records.lists.grouping import PARAMETER, STEPS, Grouping, offered
from kundenkreis.records.lists.groups import FOLDED
from kundenkreis.records.lists.menus import Option

if TYPE_CHECKING:
    from kundenkreis.records.lists.filters import Filters


@dataclass(frozen=True, slots=True)
class GroupMenu:
    """What a list may be grouped by, and of times by which stretch of them."""

    options: tuple[Option, ...] = ()
    steps: tuple[Option, ...] = ()
    chosen: str = ""
    clear: str = ""


def group_menu(filters: Filters, current: Grouping | None) -> GroupMenu:
    """The menu over a list with these filters that is grouped so."""

    def address(name: str) -> str:
        values = {PARAMETER: name, FOLDED: "", "after": "", "before": ""}
        return changed(filters.address, filters.parameters, **values)

    options, label = [], ""
    for one in offered(filters.kind, filters.viewer, filters.vocabulary):
        chosen = current is not None and one.field.name == current.field.name
        options.append(Option(str(one.field.label), address(one.name), chosen))
        label = str(one.field.label) if chosen else label
    steps: tuple[Option, ...] = ()
    if current is not None and current.step:
        names = {step: f"{current.field.name}:{step}" for step in STEPS}
        steps = tuple(
            Option(str(said), address(names[step]), step == current.step)
            for step, (_months, said) in STEPS.items()
        )
    return GroupMenu(tuple(options), steps, label, address(""))
