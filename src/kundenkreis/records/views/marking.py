"""Favourites, followed records, and what somebody looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundenkreis.records.models import Mark
from kundenkreis.records.page import marks
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_POST
def toggle_star(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Make a record a favourite, or no longer; the answer is its button."""
    on = marks.toggle(kind, request.viewer, pk, Mark.What.STAR)
    said = _("It is one of your favourites now.") if on else _("It is no favourite any more.")
    return _again(request, kind, pk, "star", said)


@require_POST
def toggle_follow(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Follow a record, or no longer; the answer is its line in the menu."""
    on = marks.toggle(kind, request.viewer, pk, Mark.What.FOLLOW)
    said = (
        _("Your inbox will tell you what others change here.")
        if on
        else _("You no longer follow this record.")
    )
    return _again(request, kind, pk, "follow", said)


def _again(request: StaffRequest, kind: RecordType, pk: int, part: str, said: str) -> HttpResponse:
    record, found = kind.one(request.viewer, pk), marks.marks_of(kind, request.viewer, pk)
    answer = show(request, kind, "marks", {"record": record, "marks": found}, part=part)
    answer["HX-Trigger"] = json.dumps({"toast": {"text": said}, "marks-changed": ""})
    return answer


@require_POST
def note_look(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """The page says that somebody has really looked at it."""
    marks.looked_at(kind, request.viewer, pk)
    return HttpResponse(status=204)
