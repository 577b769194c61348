"""What the page of a person or organisation says of who may be the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.people.doubles.queries import SUREST, of_record
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Panel, named


def duplicates_panel(viewer: Viewer, record: Any) -> Mapping[str, Any] | None:
    """Those who may be the same as the record; no panel where nobody is."""
    kind = named(str(record._meta.model_name))
    found = of_record(viewer, kind.name, record.pk)
    if not found:
        return None
    others = [(one.right if one.left.pk == record.pk else one.left, one) for one in found]
    may_merge = kind.reaches(viewer, "change", record)
    lines = [
        {
            "other": other,
            "score": None if one.score is None else min(one.score, SUREST),
            "url": f"{kind.url(record.pk, 'merge')}?with={other.pk}"
            if may_merge
            else kind.url(other.pk),
        }
        for other, one in others
    ]
    return {"lines": lines, "kind": kind.name, "may_merge": may_merge}


DUPLICATES = Panel("duplicates", "people/duplicates_panel.html", duplicates_panel, position=5)
