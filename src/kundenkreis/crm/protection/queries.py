"""Reading what people ask for by their rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from kundenkreis.crm.protection.models import DataRequest
from kundenkreis.kernel.access import Viewer, visible

if TYPE_CHECKING:
    from kundenkreis.crm.people.models import Person


def requests(viewer: Viewer) -> QuerySet[DataRequest]:
    """The requests the viewer may read."""
    return visible(viewer, DataRequest.objects.all(), "crm.datarequest.read")


def open_requests_of(viewer: Viewer, person: Person, limit: int = 20) -> list[DataRequest]:
    """What a person asks for and has not been answered yet, the most urgent first."""
    if not viewer.may("crm.datarequest.read"):
        return []
    rows = requests(viewer).filter(person=person, state=DataRequest.State.OPEN)
    return list(rows.order_by("due_on", "id")[:limit])
