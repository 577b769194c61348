"""API tokens: making one, whose key is shown this once, and revoking it."""

from __future__ import annotations

from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.crm.accounts import token_commands, token_queries
from kundenkreis.crm.accounts.queries import today
from kundenkreis.crm.accounts.scopes import ALL_TYPES, READ, WRITE
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.formfields import ChoicesField, DayField
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.crm.accounts.models import ApiToken
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest

LEVELS = {READ: gettext_lazy("Read"), WRITE: gettext_lazy("Read and write")}
USUAL = 365  # days


class TokenForm(forms.Form):
    """What the token is for, how long it is good, and what it may do at most."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Which program is it for?"),
    )
    until = DayField(label=gettext_lazy("Valid until and including"))
    level = forms.ChoiceField(label=gettext_lazy("It may"), choices=LEVELS)
    types = ChoicesField(
        label=gettext_lazy("Only these types of records"),
        required=False,
        help_text=gettext_lazy("None chosen: all types. It never may more than you may."),
    )

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data, initial={"until": today() + timedelta(days=USUAL), "level": READ})
        chosen = self.fields["types"]
        assert isinstance(chosen, ChoicesField)  # noqa: S101 - declared above
        known = [kind for kind in TYPES.values() if kind.may(viewer, "read")]
        chosen.choices = sorted(((one.subject, one.title) for one in known), key=itemgetter(1))

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        scopes = dict.fromkeys(given["types"] or [ALL_TYPES], given["level"])
        return {"name": given["name"], "until": given["until"], "scopes": scopes}


@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: StaffRequest) -> HttpResponse:
    """One's own tokens, or everybody's for administrators; a form for one more."""
    viewer, key = request.viewer, ""
    form = TokenForm(viewer, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _token, key = token_commands.create_token(actor=viewer, **form.values())
            form = TokenForm(viewer)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "title": _("API tokens"),
        "title_icon": "braces",
        "key": key,
        "tokens": [_line(viewer, one) for one in token_queries.tokens(viewer)],
        "form": form,
    }
    return render(request, "accounts/token_list.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    token_commands.revoke_token(actor=request.viewer, token_id=pk)
    messages.success(request, _("The token is good no more."))
    return redirect(reverse("token-list"))


def _line(viewer: Viewer, token: ApiToken) -> dict[str, Any]:
    """A token as its list shows it."""
    over = token.revoked_at is not None or token.until < today()
    may = token.user_id == viewer.user_id or viewer.level(token_commands.OF_OTHERS) is Level.ALL
    return {
        "token": token,
        "whose": "" if token.user_id == viewer.user_id else str(token.user),
        "reach": "; ".join(_said(subject, level) for subject, level in token.scopes.items()),
        "over": over,
        "may_revoke": may and not over,
    }


def _said(subject: str, level: str) -> str:
    kind = TYPES.get(subject.partition(".")[2])
    return f"{kind.title if kind else _('All types')}: {LEVELS[level]}"
