"""Which facts a record page shows, in which groups and order: as declared, or as the company says.

A layout belongs to a type, and perhaps to a role; of several roles of one viewer the first in the
alphabet that has a layout counts, else the layout for everybody, else what was declared. A fact
that a layout does not know yet, such as a new field, stands at the end of its declared group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.record import Record
from kundenkreis.records.custom import definitions
from kundenkreis.records.custom.once import once_for_viewer
from kundenkreis.records.declaration import Column, Section, name_of

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import PageLayout

EVERYBODY = ""
LIST = "list:"  # before the name of a related list, where names of facts stand too
Fact = str | Column
Roles = Callable[["Viewer"], list[tuple[str, str]]]

_roles: list[Roles] = []


def use_roles(roles: Roles) -> None:
    """Say what roles there are: their names and labels."""
    _roles[:] = [roles]


def roles(viewer: Viewer) -> list[tuple[str, str]]:
    """The roles a layout may be made for, in the order in which they count."""
    return sorted(_roles[0](viewer)) if _roles else []


def sections(kind: RecordType, viewer: Viewer) -> tuple[Section, ...]:
    """The groups of facts as this viewer's pages show them."""
    chosen = chosen_for(kind, viewer)
    return base(kind) if chosen is None else arranged(base(kind), chosen)


@once_for_viewer
def facts_for(kind: RecordType, viewer: Viewer) -> tuple[tuple[Section, tuple[Fact, ...]], ...]:
    """The groups of this viewer's pages with the facts that the viewer may know of."""
    return tuple(
        (section, tuple(one for one in section.facts if kind.sees(viewer, name_of(one))))
        for section in sections(kind, viewer)
    )


def facts_of(kind: RecordType, viewer: Viewer) -> list[Fact]:
    """All facts that the viewer may know of: as the page shows them, then those it leaves out."""
    shown = [fact for _section, facts in facts_for(kind, viewer) for fact in facts]
    have = {name_of(fact) for fact in shown}
    further = (fact for one in base(kind) for fact in one.facts)
    left = (fact for fact in further if name_of(fact) not in have)
    return shown + [fact for fact in left if kind.sees(viewer, name_of(fact))]


def fact_names(kind: RecordType, viewer: Viewer) -> list[str]:
    """The names of those facts."""
    return [name_of(fact) for fact in facts_of(kind, viewer)]


def chosen_for(kind: RecordType, viewer: Viewer) -> PageLayout | None:
    """The layout that counts for a viewer; None for what was declared."""
    known = definitions.layouts(kind.model)
    return next((known[role] for role in (*sorted(viewer.roles), EVERYBODY) if role in known), None)


def shipped(kind: RecordType) -> tuple[Section, ...]:
    """The groups of facts as they are declared; there is always one."""
    return kind.sections or (Section(_("Facts"), ()),)


def base(kind: RecordType) -> tuple[Section, ...]:
    """The declared groups with the tags that every record has, and the fields of one's own where
    their definitions put them."""
    groups = list(shipped(kind))
    if issubclass(kind.model, Record):
        groups[0] = replace(groups[0], facts=(*groups[0].facts, "tags"))
    for one in definitions.in_use(kind.model):
        at = next((n for n, group in enumerate(groups) if group.key == one.section), 0)
        groups[at] = replace(groups[at], facts=(*groups[at].facts, one.name))
    return tuple(groups)


def arranged(groups: tuple[Section, ...], chosen: PageLayout) -> tuple[Section, ...]:
    """The facts of the groups as a layout arranges them."""
    left = {name_of(fact): (fact, group.key) for group in groups for fact in group.facts}
    titles = {group.key: group.title for group in groups}
    made: dict[str, list[Fact]] = {}
    named: dict[str, Any] = {}
    for one in chosen.sections:
        made[one["key"]] = [left.pop(name)[0] for name in one["facts"] if name in left]
        named[one["key"]] = translated(one.get("title")) or titles.get(one["key"], "")
    for name in chosen.hidden:
        left.pop(name, None)
    last = next(reversed(made), "")
    for fact, key in left.values():
        made.setdefault(key if key in made else last, []).append(fact)
    return tuple(
        Section(named.get(key) or titles.get(key, ""), tuple(facts), key)
        for key, facts in made.items()
    )


def plain(groups: tuple[Section, ...]) -> list[dict[str, Any]]:
    """Groups as a layout keeps them."""
    return [{"key": one.key, "facts": [name_of(fact) for fact in one.facts]} for one in groups]


def ordered(kind: RecordType, viewer: Viewer, names: list[str]) -> list[str]:
    """The fields of a form in the order of the page; what is no fact stays beside what it follows."""
    if chosen_for(kind, viewer) is None:
        return names
    place = {name: n for n, name in enumerate(fact_names(kind, viewer))}
    keys: list[tuple[int, int]] = []
    at = -1
    for n, name in enumerate(names):
        at = place.get(name, at)
        keys.append((at, n))
    return [name for _key, name in sorted(zip(keys, names, strict=True))]


def lists_for(kind: RecordType, viewer: Viewer, names: Iterable[str]) -> list[str]:
    """The related lists of this viewer's pages, in order; those a layout does not know come last."""
    return lists_in(chosen_for(kind, viewer), names)


def lists_in(chosen: PageLayout | None, names: Iterable[str]) -> list[str]:
    """The same by one layout."""
    if chosen is None:
        return list(names)
    known = [name for name in names if f"{LIST}{name}" not in chosen.hidden]
    first = [name for name in chosen.lists if name in known]
    return first + [name for name in known if name not in first]


def left_out(kind: RecordType, viewer: Viewer) -> set[str]:
    """The facts that this viewer's pages do not show."""
    chosen = chosen_for(kind, viewer)
    return set(chosen.hidden) if chosen else set()
