"""The menus above a list: one per field, what is chosen in it and what may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel.conditions import Kind
from kundenkreis.records.fields import Info, column_names, info
from kundenkreis.records.lists import dueness
from kundenkreis.records.lists.addresses import changed
from kundenkreis.records.lists.choices import MAX_OFFERED, offered
from kundenkreis.records.lists.words import in_use
from kundenkreis.records.page.next_step import knows as knows_steps

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


@dataclass(frozen=True, slots=True)
class Option:
    """One value a filter menu offers; `url` switches it on or off."""

    label: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """The filter of one field: what is chosen, what may be chosen."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: str = ""
    clear: str = ""


def menus(
    kind: RecordType,
    viewer: Viewer,
    parameters: QueryDict,
    address: str,
    chosen: Mapping[str, Sequence[Any]],
) -> list[Menu]:
    """One menu for each field that the type offers, and for each that the address filters by."""
    declared = (one for one in (*kind.filters, *tags_of(kind)) if kind.sees(viewer, one))
    due = (dueness.FIELD,) if knows_steps(kind, viewer) else ()
    names = dict.fromkeys((*declared, *due, *chosen))
    fields = [info(kind.model, name) for name in names]
    words = in_use(kind, viewer, [one.name for one in fields if one.worded])
    found = []
    for one in fields:
        values = chosen.get(one.name, ())
        # What is chosen can be taken back, though no record says it any more.
        said = dict.fromkeys(
            (*words.get(one.name, ())[:MAX_OFFERED], *(values if one.worded else ()))
        )
        choices = [(word, word) for word in said]
        choices = choices or (
            list(dueness.CHOICES) if one.name == dueness.FIELD else offered(one, viewer, values)
        )
        options = tuple(
            Option(str(label), _toggled(address, parameters, one, value), value in values)
            for value, label in choices
        )
        labels = [option.label for option in options if option.chosen]
        clear = changed(address, parameters, after="", **{one.name: ""})
        found.append(Menu(one.name, str(one.label), options, ", ".join(labels), clear))
    return found


def tags_of(kind: RecordType) -> tuple[str, ...]:
    """The field of a type's tags, where it has some and says nothing of its own about them."""
    has = "tags" in column_names(kind.model) and "tags" not in kind.filters
    return ("tags",) if has else ()


def _toggled(address: str, parameters: QueryDict, one: Info, value: Any) -> str:
    text = ("1" if value else "0") if one.kind is Kind.BOOLEAN else str(value)
    chosen = parameters.getlist(one.name)
    toggled = [v for v in chosen if v != text] if text in chosen else [*chosen, text]
    return changed(address, parameters, after="", before="", **{one.name: toggled})
