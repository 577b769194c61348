"""What administrators do with the pages of a record type: arrange the facts, or take that back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import store
from kundenkreis.records.custom import definitions, layout
from kundenkreis.records.custom.defining import require
from kundenkreis.records.custom.options import free_name, plain_name, texts
from kundenkreis.records.declaration import name_of
from kundenkreis.records.models import PageLayout

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import RecordType

MOST = 40  # groups, or related lists, of a page
LONGEST = 160  # of the name of a list


def arrange_page(
    *,
    actor: Actor,
    kind: RecordType,
    role: str,
    sections: Sequence[dict[str, Any]],
    hidden: Sequence[str],
    lists: Sequence[str] = (),
) -> PageLayout:
    """Lay out the pages of a type, for a role or for everybody (""); each fact stands once.

    A group without a key is a new one and needs a title; one without title and facts is left out.
    `lists` is the order of the related lists; those that are hidden are named so (`layout.LIST`).
    """
    require(actor, kind)
    values = {
        **_checked(kind, sections, hidden),
        "lists": [name for name in dict.fromkeys(lists) if len(name) <= LONGEST][:MOST],
    }
    off = dict.fromkeys(name for name in hidden if name.startswith(layout.LIST))
    values["hidden"] += [name for name in off if len(name) <= LONGEST][:MOST]
    with store.group(kind.side, "records.arrange_page"):
        rows = store.rows(PageLayout).filter(kind=kind.name, role=role)
        found = rows.select_for_update().first()
        if found is None:
            found = store.create(actor, PageLayout, kind=kind.name, role=role, **values)
        else:
            store.change(actor, found, **values)
        definitions.changed(kind.side)
        return found


def reset_page(*, actor: Actor, kind: RecordType, role: str) -> None:
    """Go back to what was declared, or for a role to what everybody sees."""
    require(actor, kind)
    with store.group(kind.side, "records.reset_page"):
        for found in store.rows(PageLayout).filter(kind=kind.name, role=role).select_for_update():
            store.remove(actor, found)
            definitions.changed(kind.side)


def _checked(
    kind: RecordType, sections: Sequence[dict[str, Any]], hidden: Sequence[str]
) -> dict[str, Any]:
    known = {name_of(fact) for one in layout.base(kind) for fact in one.facts}
    shipped = {one.key for one in layout.shipped(kind)}
    groups: list[dict[str, Any]] = []
    for one in sections[:MOST]:
        title = texts(one.get("title"))
        facts = [name for name in dict.fromkeys(one["facts"]) if name in known]
        known -= set(facts)
        taken = {group["key"] for group in groups} | shipped
        key = one.get("key") or (title and free_name(plain_name(title, 30) or "group", taken))
        if key and (facts or title or key in shipped):
            groups.append({"key": key, "title": title, "facts": facts})
        elif groups:
            groups[-1]["facts"] += facts
    left = [name for name in dict.fromkeys(hidden) if name in known]
    return {"sections": groups, "hidden": left}
