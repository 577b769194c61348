"""What a type is to one viewer, made once: a page asks a dozen times for its columns and words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from kundenkreis.records.custom import definitions

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

type Making[R] = Callable[[RecordType, Viewer], R]


def once_for_viewer[R](make: Making[R]) -> Making[R]:
    """The same function, whose answer stays with the viewer: each request loads its own.

    It is made anew where the company has changed its fields meanwhile, and in another language.
    """

    @wraps(make)
    def made(kind: RecordType, viewer: Viewer) -> R:
        key = (make, kind.name, get_language())
        fields = definitions.current(kind.side)
        kept: Any = viewer.kept.get(key)
        if kept is None or kept[0] is not fields or kept[1] is not kind:
            kept = viewer.kept[key] = (fields, kind, make(kind, viewer))
        found: R = kept[2]
        return found

    return made
