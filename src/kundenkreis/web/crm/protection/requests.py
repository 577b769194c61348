"""Answering a request of a person, and taking more time for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.protection import commands, deadlines
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.crm.protection.models import DataRequest
    from kundenkreis.records.requests import StaffRequest


class AnswerForm(forms.Form):
    """What the person was answered, or why not."""

    refused = forms.TypedChoiceField(
        label=gettext_lazy("Result"),
        coerce=lambda value: value == "1",
        choices=[("0", gettext_lazy("Answered as asked")), ("1", gettext_lazy("Refused"))],
        help_text=gettext_lazy(
            "A refusal names its reason, and that the person may complain to the authority (Art. 12(4))."
        ),
    )
    answer = forms.CharField(
        label=gettext_lazy("What was answered"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ExtensionForm(forms.Form):
    """Why it takes longer."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Tell the person within the first month, with this reason."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Settle a request."""
    shown = _open(request, pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)

    def do() -> None:
        commands.answer_request(actor=request.viewer, datarequest_id=pk, **form.cleaned_data)

    return _page(request, shown, form, do, title=_("Answer the request"), submit=_("Settle"))


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: StaffRequest, pk: int) -> HttpResponse:
    """Take two more months for a request."""
    shown = _open(request, pk)
    form = ExtensionForm(request.POST if request.method == "POST" else None)

    def do() -> None:
        commands.extend_request(actor=request.viewer, datarequest_id=pk, **form.cleaned_data)

    until = formats.full_day(deadlines.due(shown.received_on, extended=True))
    about = _("Two months more, until %(day)s, are allowed where a request is complex.")
    return _page(
        request, shown, form, do, title=_("Extend the request"), submit=_("Extend"),
        about=about % {"day": until},
    )  # fmt: skip


def _open(request: StaffRequest, pk: int) -> DataRequest:
    kind = named("datarequest")
    found: DataRequest = kind.one(request.viewer, pk)
    request.viewer.require_for(kind.right("change"), found)
    return found


def _page(
    request: StaffRequest,
    shown: DataRequest,
    form: forms.Form,
    do: Callable[[], None],
    **context: Any,
) -> HttpResponse:
    kind = named("datarequest")
    if form.is_bound and form.is_valid():
        try:
            do()
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(kind.url(shown.pk))
    trail = [
        {"label": kind.title, "url": kind.url()},
        {"label": str(shown), "url": kind.url(shown.pk)},
    ]
    context |= {"form": form, "trail": trail, "cancel_url": kind.url(shown.pk)}
    status = 422 if form.is_bound else 200
    return render(request, "protection/form.html", context, status=status)
