"""Which column of a file is which field: remembered, known from other products, or guessed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import translation

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.conditions import caseless
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.records.exchange import marks
from kundenkreis.records.forms import form_names, of_input
from kundenkreis.records.models import FileShape

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

Names = Mapping[str, str]  # a column's folded title → a field


def target_names(kind: RecordType, viewer: Viewer) -> list[str]:
    """The fields a column may go to: those of the form that the viewer may set."""
    return form_names(kind, viewer)


def targets(kind: RecordType, viewer: Viewer) -> list[tuple[str, str]]:
    """The same with their labels; the record's number comes last."""
    found = [(name, str(of_input(kind, name, viewer).label)) for name in target_names(kind, viewer)]
    return [*found, (marks.NUMBER, str(translation.gettext("Number")))]


def shape_of(header: Sequence[str]) -> str:
    """What files of one kind have in common: the titles of their columns."""
    return hashlib.sha256("\n".join(map(caseless, header)).encode()).hexdigest()


def proposed(kind: RecordType, viewer: Viewer, header: Sequence[str]) -> tuple[list[str], str]:
    """A field for each column, "" where none is known; and where that is known from, in a word."""
    kept = _remembered(kind, viewer, header)
    allowed = dict(targets(kind, viewer))
    if kept is not None:
        return [name if name in allowed else "" for name in kept], "remembered"
    own = _own_words(kind, viewer)
    name, known = _profile(kind, header, sum(caseless(title) in own for title in header))
    guessed = {**own, **known}
    return _once([guessed.get(caseless(title), "") for title in header], set(allowed)), name


def remember(kind: RecordType, viewer: Viewer, header: Sequence[str], names: list[str]) -> None:
    """Keep what somebody chose for files of this shape."""
    if viewer.user_id is None:
        return
    with store.group(kind.side, "records.remember_shape"):
        known = store.rows(FileShape).filter(
            user_id=viewer.user_id, kind=kind.name, shape=shape_of(header)
        )
        values: dict[str, Any] = {"mapping": names, "changed_at": clock.now()}
        if not store.replace(known, **values):
            shape = FileShape(
                user_id=viewer.user_id, kind=kind.name, shape=shape_of(header), **values
            )
            store.append(FileShape, [shape], ignore_conflicts=True)


def _remembered(kind: RecordType, viewer: Viewer, header: Sequence[str]) -> list[str] | None:
    if viewer.user_id is None:
        return None
    kept = store.stored(kind.side, FileShape).filter(
        user_id=viewer.user_id, kind=kind.name, shape=shape_of(header)
    )
    found = kept.values_list("mapping", flat=True).first()
    return found if isinstance(found, list) and len(found) == len(header) else None


def _own_words(kind: RecordType, viewer: Viewer) -> dict[str, str]:
    """What we call the fields ourselves, in every language, and their names."""
    found: dict[str, str] = {}
    for name in target_names(kind, viewer):
        field = of_input(kind, name, viewer)
        for language in LANGUAGES:
            with translation.override(language):
                found.setdefault(caseless(str(field.label)), name)
        for word in (name, name.removesuffix("_id"), name.removesuffix("_minor")):
            found.setdefault(caseless(word), name)
            found.setdefault(caseless(word.replace("_", " ")), name)
    return found


def _profile(kind: RecordType, header: Sequence[str], own: int) -> tuple[str, Names]:
    """The product whose files have most of these columns, and what its columns are; none where
    our own words explain as many."""
    titles = {caseless(title) for title in header if title}
    best: tuple[int, str, Names] = (0, "", {})
    for name, known in profiles(kind.exchange.profiles, kind.name):
        hits = len(titles & known.keys())
        if hits > max(best[0], own) and hits >= min(2, len(titles)):
            best = (hits, name, known)
    return best[1], best[2]


@lru_cache(maxsize=32)
def profiles(folder: Path | None, kind: str) -> tuple[tuple[str, Names], ...]:
    """The shipped profiles of a type: data files `{"name": …, "columns": {type: {title: field}}}`."""
    found = []
    for path in sorted(folder.glob("*.json")) if folder else ():
        profile = json.loads(path.read_text("utf-8"))
        columns = profile["columns"].get(kind, {})
        known = {caseless(title): name for title, name in columns.items()}
        found.append((profile["name"], known))
    return tuple(found)


def _once(names: list[str], allowed: set[str]) -> list[str]:
    """Each field for its first column only."""
    return [
        name if name in allowed and names.index(name) == at else "" for at, name in enumerate(names)
    ]
