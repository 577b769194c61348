"""What the palette (Ctrl+K) finds: records of every type, pages, and new records to make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.kernel import search
from kundenkreis.kernel.sides import Side
from kundenkreis.records.models import Mark
from kundenkreis.records.page.marks import marked
from kundenkreis.records.registry import TYPES
from kundenkreis.records.search.finding import clean, reach_of, searched
from kundenkreis.web.guide.topics import topics
from kundenkreis.web.shell.navigation import entries_for, used

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

RECORDS = 8  # per side
PAGES = 6
OWN = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One line: where it leads, its shortcut, and how it looks; records have an avatar, the rest an
    icon."""

    title: str
    url: str
    detail: str = ""
    icon: str = ""
    square: bool = False
    key: str = ""

    @property
    def keys(self) -> list[str]:
        return self.key.split()


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; `anywhere`: they are the same on every page."""

    label: str
    hits: list[Hit]
    anywhere: bool = False


def groups(viewer: Viewer, text: str) -> list[Group]:
    """What answers the text, records first; without a text the user's own records, the pages, and
    what can be made."""
    text = clean(text)
    text = text if search.asked(text) else ""
    found = [
        *([Group(_("Records"), records(viewer, text))] if text else _own(viewer)),
        Group(_("Create"), list(_new(viewer, text)), anywhere=True),
        Group(_("Go to"), list(_pages(viewer, text))[: PAGES if text else None], anywhere=True),
        Group(_("Help"), list(_help(text))[:PAGES], anywhere=True),
    ]
    return [group for group in found if group.hits]


def _own(viewer: Viewer) -> list[Group]:
    """Favourites, and what the viewer looked at lately; each record once."""
    stars = marked(viewer, Mark.What.STAR, OWN)
    starred = {(kind.name, record.pk) for kind, record, _mark in stars}
    seen = [
        (kind, record)
        for kind, record, _mark in marked(viewer, Mark.What.SEEN, OWN + len(starred))
        if (kind.name, record.pk) not in starred
    ]
    return [
        Group(_("Favourites"), [_hit(kind, record) for kind, record, _mark in stars]),
        Group(_("Viewed lately"), [_hit(kind, record) for kind, record in seen[:OWN]]),
    ]


def records(viewer: Viewer, text: str) -> list[Hit]:
    """Records the viewer may read; the index proposes, the types' own queries decide."""
    hits: list[Hit] = []
    for side in Side:
        kinds = list(_readable(viewer, side))
        reached = {kind.name: reach_of(kind, viewer) for kind in kinds if kind.search}
        partly = [kind for kind in kinds if kind.search and reached[kind.name] is None]
        reaches = [reach for reach in reached.values() if reach is not None]
        found = search.find(side, reaches, text, RECORDS)
        rows = {
            (name, row.pk): row
            for name in {name for name, _ in found}
            for row in TYPES[name]
            .rows(viewer)
            .filter(pk__in=[pk for kind, pk in found if kind == name])
        }
        hits += [_hit(TYPES[key[0]], rows[key]) for key in found if key in rows]
        for kind in partly:
            some = searched(kind, viewer, kind.rows(viewer), text).order_by("pk")
            hits += [_hit(kind, record) for record in some[:RECORDS]]
        for kind in kinds:
            if kind.look_up is not None:
                exact = kind.rows(viewer).filter(pk__in=kind.look_up(text)).order_by("-pk")
                hits += [_hit(kind, record) for record in exact[:RECORDS]]
    return list({hit.url: hit for hit in hits}.values())


def _readable(viewer: Viewer, side: Side) -> Iterator[RecordType]:
    return (
        kind
        for kind in TYPES.values()
        if kind.side is side and kind.searchable and kind.may(viewer, "read")
    )


def _hit(kind: RecordType, record: Any) -> Hit:
    subtitle = kind.subtitle(record) if kind.subtitle else ""
    label = str(kind.label)[:1].upper() + str(kind.label)[1:]
    detail = f"{label} · {subtitle}" if subtitle else label
    return Hit(str(record), kind.url(record.pk), detail, square=kind.square)


def _new(viewer: Viewer, text: str) -> Iterator[Hit]:
    is_used = used(viewer)
    for kind in TYPES.values():
        if not is_used(kind.url()):
            continue
        title = _("New %(type)s") % {"type": kind.label}
        if kind.may(viewer, "create") and _answers(f"{title} {_('new create')}", text):
            yield Hit(title, kind.url("new"), icon="plus")


def _pages(viewer: Viewer, text: str) -> Iterator[Hit]:
    for entry in entries_for(viewer):
        if _answers(str(entry.label), text):
            yield Hit(str(entry.label), entry.url, icon=entry.icon, key=entry.key)


def _help(text: str) -> Iterator[Hit]:
    """Topics of the guide and their sections; nothing before something is asked for."""
    for topic in topics(get_language() or "de") if text else ():
        url = reverse("help-topic", args=[topic.slug])
        if _answers(topic.title, text):
            yield Hit(topic.title, url, icon="book-open")
        for anchor, heading in topic.sections:
            if _answers(heading, text):
                yield Hit(heading, f"{url}#{anchor}", topic.title, icon="book-open")


def _answers(title: str, text: str) -> bool:
    """Whether every word of the text begins one of the title."""
    words = search.words(title)
    return all(any(word.startswith(one) for word in words) for one in search.asked(text))
