"""What somebody undertakes before they see personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.accounts.undertaking_commands import undertake
from kundenkreis.crm.accounts.undertaking_queries import present_text, undertaken_at
from kundenkreis.kernel.fields import translated

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def undertaking(request: StaffRequest) -> HttpResponse:
    """The present text, with a button to agree while it is owed."""
    text = present_text()
    if text is None:
        return redirect("home")
    version = request.POST.get("version", "")
    if request.method == "POST" and version.isascii() and version.isdigit() and len(version) < 9:
        undertake(actor=request.viewer, version=int(version))
        messages.success(request, _("Thank you. Your undertaking is recorded."))
        return redirect(after(request))
    context = {
        "text": translated(text.text),
        "version": text.version,
        "published_at": text.published_at,
        "undertaken_at": undertaken_at(request.viewer),
    }
    return render(request, "account/undertaking.html", context)


def after(request: StaffRequest) -> str:
    """Where somebody wanted to go, if that is a page of ours; else home."""
    there = request.GET.get("next", "")
    hosts = {request.get_host()}
    return there if url_has_allowed_host_and_scheme(there, allowed_hosts=hosts) else "/"
