"""What may be chosen for a field: in the menus above a list, and in conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.records import directory, registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.fields import Info

MAX_OFFERED = 60


def offered(one: Info, viewer: Viewer, chosen: Iterable[Any] = ()) -> list[tuple[Any, str]]:
    """Values with their labels; of records with pages of their own, unless there
    are few, only those already chosen."""
    if one.directory:
        return directory.choices(one.name, viewer)[:MAX_OFFERED]
    if one.kind is Kind.BOOLEAN:
        return [(True, _("yes")), (False, _("no"))]
    if one.column.choices:
        return [(value, str(label)) for value, label in one.column.flatchoices][:MAX_OFFERED]
    if one.related is None:
        return []
    kind = registry.of_model(one.related)
    if kind is None:
        rows = one.related._default_manager.all()[:MAX_OFFERED]
    elif kind.few:
        rows = kind.rows(viewer)[:MAX_OFFERED]
    else:
        rows = kind.rows(viewer).filter(pk__in=list(chosen))[:MAX_OFFERED]
    return [(row.pk, str(row)) for row in rows]
