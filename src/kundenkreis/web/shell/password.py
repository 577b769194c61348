"""The own password: changed here, chosen by an invitation's link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.accounts import leaving_commands, session_commands
from kundenkreis.kernel.errors import DomainError
from kundenkreis.web.shell import errors

if TYPE_CHECKING:
    from kundenkreis.crm.accounts.models import User
    from kundenkreis.records.requests import StaffRequest


class ChosenPassword(forms.Form):
    """The password somebody will log in with."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 8 characters; a few words in a row are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class OtherPassword(ChosenPassword):
    """Another password, by whoever knows the present one."""

    old = forms.CharField(
        label=gettext_lazy("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=200,
    )
    field_order = ("old", "password")

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(user, data)
        self.fields["password"].label = gettext_lazy("New password")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    """Change the own password; all other sessions end."""
    user: User = request.user  # type: ignore[assignment]
    form = OtherPassword(user, request.POST if request.method == "POST" else None)
    if form.is_bound and not ratelimit.consume(request, action="change_password", user=user):
        return errors.too_many(request)
    if form.is_bound and form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["password"]
        key = request.session.session_key or ""
        try:
            user = session_commands.change_password(
                actor=request.viewer, old=old, new=new, session=key
            )
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field or None, str(error))
        else:
            update_session_auth_hash(request, user)  # the session is bound to the password
            said = _("Your password is changed; all other sessions have ended.")
            if count := leaving_commands.tokens(user.pk):
                alive = ngettext(
                    "%(n)s token of a program goes on being good.",
                    "%(n)s tokens of programs go on being good.",
                    count,
                )
                said += " " + alive % {"n": count}
            messages.success(request, said)
            return redirect("session-list")
    status = 422 if form.errors else 200
    return render(request, "account/password_change.html", {"form": form}, status=status)
