"""Who has undertaken confidentiality: the list for the data protection officer, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kundenkreis.crm.accounts import undertaking_queries as queries
from kundenkreis.crm.accounts.undertaking_commands import publish_undertaking
from kundenkreis.crm.accounts.undertaking_text import SHIPPED
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.exchange.writers import CsvLines

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

TALL = forms.Textarea(attrs={"rows": 16})


class TextForm(forms.Form):
    """The text in both languages."""

    de = forms.CharField(label=gettext_lazy("German"), widget=TALL, max_length=20_000)
    en = forms.CharField(label=gettext_lazy("English"), widget=TALL, max_length=20_000)


@require_safe
def undertaking_list(request: StaffRequest) -> HttpResponse:
    """Everybody with the version they undertook and when."""
    viewer = request.viewer
    lines = queries.undertakings(viewer)
    context = {
        "title": _("Confidentiality"),
        "title_icon": "file-check",
        "lines": lines,
        "due": sum(line.due for line in lines),
        "text": queries.present_text(),
        "may_publish": viewer.may(queries.PUBLISH),
    }
    return render(request, "protection/undertakings.html", context)


@require_safe
def undertaking_file(request: StaffRequest) -> HttpResponse:
    """All undertakings that were ever made, as CSV."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="undertakings.csv"'
    lines = CsvLines()
    answer.write(lines.head([_("Name"), _("E-mail"), _("Version"), _("Undertaken")]))
    for one in queries.every_undertaking(request.viewer):
        at = one.at.isoformat(timespec="seconds")
        answer.write(lines.row([str(one.user), one.user.email, one.text.version, at]))
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def undertaking_text(request: StaffRequest) -> HttpResponse:
    """Publish another version, which asks everybody anew."""
    viewer = request.viewer
    viewer.require(queries.PUBLISH)
    present = queries.present_text()
    known = present.text if present else SHIPPED
    form = TextForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        try:
            made = publish_undertaking(actor=viewer, text=form.cleaned_data)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field or None, str(error))
        else:
            said = _("Version %(version)s is published; everybody is asked for it.")
            messages.success(request, said % {"version": made.version})
            return redirect("undertaking-list")
    context = {"title": _("Text of confidentiality"), "form": form}
    status = 422 if form.errors else 200
    return render(request, "protection/undertaking_text.html", context, status=status)
