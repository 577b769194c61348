"""Areas drawn on the map: who is inside, and territories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.crm.people.places import drawing, mapping
from kundenkreis.crm.people.places.corners import Corner, corners, written
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named, write
from kundenkreis.records.numbers import whole
from kundenkreis.records.past.history import undo_url
from kundenkreis.records.views import away

if TYPE_CHECKING:
    from kundenkreis.kernel.conditions import Node
    from kundenkreis.records.requests import StaffRequest

TEXT = 4_000  # characters of a list of corners that is looked at


def pen(request: StaffRequest, conditions: Sequence[Node]) -> dict[str, Any]:
    """What the form beside the map begins with: corners, and the territory they are of, if any."""
    asked, viewer = request.GET, request.viewer
    kind, pk = named("territory"), whole(asked.get("territory", ""))
    territory = kind.one(viewer, pk) if pk is not None and kind.may(viewer, "change") else None
    known = territory.outline if territory else drawing.drawn_corners(conditions)
    text = asked.get("draw", "")[:TEXT] or known
    _some, problem = _read(text)
    return {
        "text": "\n".join(one.strip() for one in text.split(";")),
        "problem": problem if asked.get("draw") else "",
        "open": "draw" in asked,
        "territory": territory,
        "may_keep": territory is None and kind.may(viewer, "create"),
        "kept": _kept(asked),
    }


@require_GET
def drawn(request: StaffRequest, slug: str) -> HttpResponse:
    """From the corners of an area to the map of who is inside, or to a new territory."""
    kind = mapping.mapped(slug, request.viewer)
    text = request.GET.get("corners", "")[:TEXT]
    some, problem = _read(text)
    if problem or not some:
        return redirect(f"{kind.url('map')}?{urlencode([*_kept(request.GET), ('draw', text)])}")
    if request.GET.get("as") == "territory":
        return redirect(f"{named('territory').url('new')}?{urlencode({'outline': written(some)})}")
    return redirect(mapping.drawn_url(kind, request.GET, some))


@require_POST
def outline(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a territory the drawn area."""
    kind = named("territory")
    some, problem = _read(request.POST.get("corners", "")[:TEXT])
    if problem:
        raise DomainError(_("The area was not saved."), problem, _("Correct its corners."))
    version = whole(request.GET.get("version", ""))
    record = write.change(kind, request.viewer, pk, version, {"outline": written(some)})
    messages.success(request, _("Saved."), extra_tags=undo_url(kind, record))
    return away(request, kind.url(pk))


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """The list that an address names, with its conditions."""
    where = asked.get("where", "")
    return [*mapping.kept_of(asked), *([("where", where)] if where else [])]


def _read(text: str) -> tuple[tuple[Corner, ...], str]:
    try:
        return corners(text), ""
    except ValidationError as error:
        return (), " ".join(error.messages)
