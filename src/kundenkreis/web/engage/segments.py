"""Segments: the builder with its live count, members, and why somebody is in or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.engage.profiles.queries import profile
from kundenkreis.engage.segments import commands, queries
from kundenkreis.engage.segments.panels import definition_panel, definition_words, vocabulary
from kundenkreis.kernel.conditions import ConditionError
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.views.editing import saved
from kundenkreis.ui import formats
from kundenkreis.web.engage.segment_form import UNREADABLE, SegmentForm, blank, definition

if TYPE_CHECKING:
    from kundenkreis.engage.segments.models import Segment
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The builder on a page of its own."""
    viewer = request.viewer
    viewer.require(kind.right("create"))
    form = SegmentForm(request.POST or None, initial=blank(request.GET.get("template", "")))
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.create_segment(actor=viewer, **form.values())
        except DomainError as error:
            form.add_error("definition", str(error))
        else:
            return redirect(kind.url(made.pk))
    context = {
        "form": form,
        "words": vocabulary(viewer),
        "title": _("New segment"),
        "trail": [{"label": kind.title, "url": kind.url()}],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "segments/segment_new.html", context, status=status)


@require_POST
def change_definition(request: StaffRequest, pk: int) -> HttpResponse:
    """The builder on the segment's page; what is refused comes back with the reason."""
    kind, viewer = named("segment"), request.viewer
    segment: Segment = kind.one(viewer, pk)
    viewer.require_for(kind.right("change"), segment)  # before anything is said of the form
    typed = request.POST.get("definition", "")
    problem = _problem(viewer, segment, typed, request.POST.get("seen", ""))
    if not problem:
        version = segment.version
        try:
            segment = commands.change_segment(
                actor=viewer, segment_id=pk, version=version, definition=definition(typed)
            )
        except DomainError as error:
            if error.status != 422:
                raise
            problem = str(error)
        else:
            answer = render(request, *_panel(request, kind, segment))
            return saved(answer, kind, segment) if segment.version != version else answer
    template, context = _panel(request, kind, segment)
    context["panel"] |= {"definition": typed, "errors": [problem]}
    return render(request, template, context, status=422)


def _problem(viewer: Viewer, segment: Segment, typed: str, seen: str) -> str:
    """Why what was typed cannot be saved: nobody's definition is replaced unseen."""
    if definition(typed) is None:
        return str(UNREADABLE)
    if definition(seen) == segment.definition:
        return ""
    return _("Meanwhile somebody else changed this to “%(value)s”. Save again to replace it.") % {
        "value": definition_words(viewer, segment)
    }


def _panel(request: StaffRequest, kind: RecordType, segment: Segment) -> tuple[str, dict[str, Any]]:
    panel = {**definition_panel(request.viewer, segment)}
    return "segments/definition_panel.html", {"kind": kind, "record": segment, "panel": panel}


@require_safe
def live_count(request: StaffRequest) -> HttpResponse:
    """How many people a definition describes; what is wrong with it, and where."""
    try:
        asked = json.loads(request.GET.get("definition", ""))
        number = queries.live_count(request.viewer, asked)
    except ValueError:  # also numbers with thousands of digits
        return JsonResponse({"text": str(UNREADABLE), "path": "where"}, status=422)
    except ConditionError as error:
        return JsonResponse({"text": str(error), "path": error.field}, status=422)
    return JsonResponse({"text": people(number.size, number.of), "number": number.size})


@require_safe
def why(request: StaffRequest, pk: int, profile_id: int) -> HttpResponse:
    """Every condition of a segment with its answer for one person."""
    kind, viewer = named("segment"), request.viewer
    shown = kind.one(viewer, pk)
    context = {
        "segment": shown,
        "profile": profile(viewer, profile_id),
        "explanation": queries.why(viewer, pk, profile_id),
        "trail": [*_trail(kind), {"label": str(shown), "url": kind.url(pk)}],
    }
    return render(request, "segments/segment_why.html", context)


@require_POST
def set_state(request: StaffRequest, pk: int, state: str) -> HttpResponse:
    """Activate or archive a segment."""
    actions = {"activate": commands.activate_segment, "archive": commands.archive_segment}
    if state not in actions:
        raise Http404
    actions[state](actor=request.viewer, segment_id=pk)
    return redirect(named("segment").url(pk))


def people(number: int, of: int) -> str:
    """The live count in words."""
    return ngettext(
        "%(count)s of %(all)s person at the moment", "%(count)s of %(all)s people at the moment", of
    ) % {"count": formats.number(number), "all": formats.number(of)}


def _trail(kind: RecordType) -> list[dict[str, str]]:
    return [{"label": kind.title, "url": kind.url()}]
