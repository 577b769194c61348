"""The complete export of a person: ordered, looked through, encrypted, taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.crm.protection.disclosures import RIGHT
from kundenkreis.dossier import asking, erasing
from kundenkreis.dossier.whose import whose
from kundenkreis.dossier.words import grouped
from kundenkreis.records import named

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from kundenkreis.crm.protection.models import Disclosure
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """What there is about a person, and the way to have it collected."""
    kind, viewer = named("person"), request.viewer
    person = kind.one(viewer, pk)
    viewer.require_for(RIGHT, person)
    asked = (request.POST if request.method == "POST" else request.GET).get("request", "")
    if request.method == "POST":
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
        made = asking.order_disclosure(actor=viewer, person_id=pk, request_id=number)
        return redirect(named("disclosure").url(made.pk))
    found = erasing.scope(whose(person))
    context = {
        "title": _("Complete export"),
        "title_icon": "package-open",
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(person), "url": kind.url(pk)},
        ],
        "asked": asked,
        "cancel_url": kind.url(pk),
        "sides": [
            {"side": str(side), "rows": grouped({m._meta.label_lower: n for m, n in rows.items()})}
            for side, rows in found.counts.items()
        ],
    }
    return render(request, "protection/disclose.html", context)


@require_POST
def approve(request: StaffRequest, pk: int) -> HttpResponse:
    """It was looked through; of the third parties those that are ticked may be named."""
    found = _one(request, pk)
    shown = request.POST.getlist("shown")
    asking.approve_disclosure(actor=request.viewer, disclosure_id=found.pk, shown=shown)
    messages.success(request, _("The files are being made."))
    return redirect(named("disclosure").url(pk))


@never_cache
@require_POST
def encrypt(request: StaffRequest, pk: int) -> HttpResponse:
    """Encrypt it, and show the password: this once, because nobody keeps it."""
    found = _one(request, pk)
    password = asking.encrypt_disclosure(actor=request.viewer, disclosure_id=found.pk)
    kind = named("disclosure")
    context = {
        "title": _("Password"),
        "title_icon": "key-round",
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(found), "url": kind.url(pk)},
        ],
        "password": password,
        "url": kind.url(pk),
        "file_url": kind.url(pk, "file"),
    }
    return render(request, "protection/password.html", context)


@require_POST
def file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The encrypted file; each time it is taken is in the audit."""
    found = _one(request, pk)
    path = asking.take_disclosure(actor=request.viewer, disclosure_id=found.pk)
    if not path.exists():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="disclosure-{found.pk}.zip"'
    return answer


def _one(request: StaffRequest, pk: int) -> Disclosure:
    request.viewer.require(RIGHT)
    found: Disclosure = named("disclosure").one(request.viewer, pk)
    request.viewer.require_for(RIGHT, found)
    return found
