"""With whom a record is shared, and sharing it with more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import Share
from kundenkreis.records.formfields import DayField
from kundenkreis.records.page import sharing
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


class ShareForm(forms.Form):
    """Who else may work with a record, how, and until when."""

    whom = forms.ChoiceField(label=gettext_lazy("With"))
    level = forms.ChoiceField(label=gettext_lazy("Right"), choices=Share.Level.choices)
    until = DayField(
        label=gettext_lazy("Until and including"),
        required=False,
        help_text=gettext_lazy("Empty: until you take it back."),
    )

    def __init__(self, kind: RecordType, viewer: Viewer, *data: Any) -> None:
        super().__init__(*data)
        whom = self.fields["whom"]
        assert isinstance(whom, forms.ChoiceField)  # noqa: S101 - declared above
        whom.choices = [
            ("", _("– please choose –")),
            (_("Staff"), _prefixed("user", sharing.choices(kind, viewer, "owner_id"))),
            (_("Teams"), _prefixed("team", sharing.choices(kind, viewer, "team_id"))),
        ]

    def values(self) -> dict[str, Any]:
        """What `sharing.share` takes."""
        which, _colon, pk = self.cleaned_data["whom"].partition(":")
        named = {f"{which}_id": int(pk)}
        return {"level": self.cleaned_data["level"], "until": self.cleaned_data["until"], **named}


def _prefixed(which: str, choices: list[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(f"{which}:{pk}", name) for pk, name in choices]


@require_http_methods(["GET", "POST"])
def shares_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """With whom a record is shared; a form for one more."""
    viewer, record = request.viewer, kind.one(request.viewer, pk)
    if not sharing.may_share(kind, viewer, record):
        raise request.viewer.refusal(kind.right("change"))
    form = ShareForm(kind, viewer, *([request.POST] if request.method == "POST" else []))
    if form.is_bound and form.is_valid():
        try:
            sharing.share(kind, viewer, pk, **form.values())
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("“%(name)s” is shared.") % {"name": record})
            return redirect(kind.url(pk, "shares"))
    context = {
        "title": _("Share %(name)s") % {"name": record},
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(record), "url": kind.url(pk)},
        ],
        "shares": sharing.shares_of(kind, record),
        "form": form,
        "record": record,
        "cancel_url": kind.url(pk),
    }
    return show(request, kind, "shares", context, status=422 if form.errors else 200)


@require_POST
def end_share(request: StaffRequest, kind: RecordType, pk: int, share: int) -> HttpResponse:
    """Take a share back."""
    sharing.end_share(kind, request.viewer, pk, share)
    messages.success(request, _("It is not shared with them any more."))
    return redirect(kind.url(pk, "shares"))
