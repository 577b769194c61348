"""Segments: list, builder with live count, members, and why somebody is in or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.engage.profiles.queries import profile
from kundenkreis.engage.segments import commands, queries
from kundenkreis.engage.segments.definitions import PEOPLE
from kundenkreis.engage.segments.templates import TEMPLATES
from kundenkreis.kernel.conditions import ConditionError, describe
from kundenkreis.kernel.errors import Conflict
from kundenkreis.kernel.fields import translated
from kundenkreis.ui import formats
from kundenkreis.web.engage.segment_form import SegmentForm, blank, initial
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kundenkreis.engage.segments.models import Segment


@require_safe
def segment_list(request: HttpRequest) -> HttpResponse:
    templates = [
        {"slug": one.slug, "name": translated(one.names), "help": one.help} for one in TEMPLATES
    ]
    shown = queries.segments(viewer_of(request))[:200]
    context = {"segments": shown, "templates": templates, "title_icon": "list-filter"}
    return render(request, "engage/segment_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    viewer.require("engage.segment.create")
    form = SegmentForm(request.POST or None, initial=blank(request.GET.get("template", "")))
    if request.method == "POST" and form.is_valid():
        made = _saved(form, lambda: commands.create_segment(actor=viewer, **form.values()))
        if made is not None:
            return redirect("engage:segment", made.pk)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    shown = queries.segment(viewer, segment_id)
    form = SegmentForm(request.POST or None, initial=initial(shown))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        saved = _saved(
            form,
            lambda: commands.change_segment(
                actor=viewer, segment_id=segment_id, version=version, **form.values()
            ),
            shown,
        )
        if saved is not None:
            return redirect("engage:segment", segment_id)
    return _page(request, form, shown)


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many people a definition describes; what is wrong with it, and where."""
    try:
        definition = json.loads(request.GET.get("definition", ""))
        number = queries.live_count(viewer_of(request), definition)
    except ValueError:  # also numbers with thousands of digits
        return JsonResponse(
            {"text": _("This definition cannot be read."), "path": "where"}, status=422
        )
    except ConditionError as error:
        return JsonResponse({"text": str(error), "path": error.field}, status=422)
    return JsonResponse({"text": people(number.size, number.of), "number": number.size})


@require_safe
def members(request: HttpRequest, segment_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    shown = queries.segment(viewer, segment_id)
    context = {"segment": shown, "members": queries.members(viewer, segment_id)[:100]}
    return render(request, "engage/segment_members.html", context)


@require_safe
def why(request: HttpRequest, segment_id: int, profile_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "segment": queries.segment(viewer, segment_id),
        "profile": profile(viewer, profile_id),
        "explanation": queries.why(viewer, segment_id, profile_id),
        "trail": [{"label": _("Segments"), "url": reverse("engage:segments")}],
    }
    return render(request, "engage/segment_why.html", context)


@require_POST
def set_state(request: HttpRequest, segment_id: int, state: str) -> HttpResponse:
    actions = {"activate": commands.activate_segment, "archive": commands.archive_segment}
    if state not in actions:
        raise Http404
    actions[state](actor=viewer_of(request), segment_id=segment_id)
    return redirect("engage:segment", segment_id)


def people(number: int, of: int) -> str:
    """The live count in words."""
    return ngettext(
        "%(count)s of %(all)s person at the moment", "%(count)s of %(all)s people at the moment", of
    ) % {"count": formats.number(number), "all": formats.number(of)}


def _page(request: HttpRequest, form: SegmentForm, shown: Segment | None = None) -> HttpResponse:
    context = {
        "form": form,
        "segment": shown,
        "vocabulary": json.dumps(describe(PEOPLE), cls=DjangoJSONEncoder),
        "trail": [{"label": _("Segments"), "url": reverse("engage:segments")}],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "engage/segment_builder.html", context, status=status)


def _saved(form: SegmentForm, save: Any, shown: Segment | None = None) -> Segment | None:
    """Save, or put what is wrong with the definition beside the form."""
    try:
        made: Segment = save()
    except Conflict:
        if shown is None:
            raise
        form.overtaken(shown)
        return None
    except ConditionError as error:
        form.add_error("definition", str(error))
        return None
    return made
