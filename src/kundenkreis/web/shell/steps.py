"""Next steps as lines of the home page and of the page of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kundenkreis.records.directory import Directory
from kundenkreis.records.page.next_step import answers, may_plan

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.due import Due


def step_lines(viewer: Viewer, found: Iterable[Due]) -> list[dict[str, Any]]:
    """What is to be done, with which record, whose it is, and how to say that it is done."""
    steps = list(found)
    directory = Directory([record for _kind, record in steps])
    lines = []
    for kind, record in steps:
        about = getattr(record, "organisation", None) or getattr(record, "person", None)
        other = record.owner_id is not None and record.owner_id != viewer.user_id
        lines.append(
            {
                "name": str(record),
                "mark": str(about or record),
                "about": str(about or ""),
                "strange": record.owner_id not in viewer.owners,
                "owner": directory.name("owner_id", record.owner_id) if other else "",
                "text": record.next_step,
                "on": record.next_step_on,
                "page": kind.url(record.pk),
                "square": kind.square,
                "may_write": may_plan(kind, viewer, record),
                **answers(kind, record),
            }
        )
    return lines
