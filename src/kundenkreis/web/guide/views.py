"""The user guide, page by page, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from kundenkreis.web.guide import topics

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
def topic(request: HttpRequest, slug: str = "") -> HttpResponse:
    """One topic beside the list of all; without a name where to begin."""
    language = get_language() or "de"
    found = topics.text(language, slug)
    if found is None:
        raise Http404
    known = topics.topics(language)
    context = {
        "topics": known,
        "topic": next((one for one in known if one.slug == slug), None),
        "text": mark_safe(found),  # noqa: S308 - built from our own files, HTML in them is shown as text
    }
    return render(request, "guide/topic.html", context)


@require_GET
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the guide."""
    file = topics.picture(name)
    if file is None:
        raise Http404
    answer = FileResponse(file.open("rb"), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
