"""Choosing a password by a link, before one can log in: an invitation, or a password forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.accounts import letting_in, staff_commands
from kundenkreis.crm.accounts.jobs import send_password_reset
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import user_by_id
from kundenkreis.kernel.access import system
from kundenkreis.web.shell import errors
from kundenkreis.web.shell.password import ChosenPassword

if TYPE_CHECKING:
    from django.http import HttpRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Link:
    """What a kind of link leads to, and whether following it lets somebody in."""

    tokens: letting_in.Tokens
    choose: Callable[..., User]
    template: str
    over: str
    lets_in: bool = False


INVITATION = Link(
    letting_in.INVITATION,
    staff_commands.accept_invitation,
    "account/invitation.html",
    "account/invitation_over.html",
    lets_in=True,
)
RESET = Link(
    letting_in.RESET, staff_commands.reset_password, "account/reset.html", "account/reset_over.html"
)


class Forgotten(forms.Form):
    """The address somebody logs in with."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


def invitation(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """A form for the first password."""
    return _page(request, INVITATION, pk, token)


def reset(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """A form for another password; then one logs in with it, and with the second factor."""
    return _page(request, RESET, pk, token)


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; the answer and its cost are the same for every address."""
    form = Forgotten(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email = request.POST["email"].strip()  # as typed: letters that fold to others are others
        if not ratelimit.consume(request, action="reset_password", key=email.lower()):
            return errors.too_many(request)
        send_password_reset.enqueue(email)
        return render(request, "account/reset_sent.html", {"email": email})
    status = 422 if form.errors else 200
    return render(request, "account/forgotten.html", {"form": form}, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest, link: Link, pk: int, token: str) -> HttpResponse:
    """A form for the password; looking at it changes nothing, a link that is not good says so."""
    user = user_by_id(pk)
    if user is None or not letting_in.good(user, link.tokens, token):
        return render(request, link.over, status=404)
    form = ChosenPassword(user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        password = form.cleaned_data["password"]
        link.choose(actor=system("invitation"), user_id=pk, token=token, password=password)
        if not link.lets_in or is_mfa_enabled(user):
            messages.success(request, _("Your password is set. Log in with it now."))
            return redirect("account_login")
        # Read anew: the session is bound to the password.
        login(request, user_by_id(pk), BACKEND)
        return redirect("home")
    context = {"form": form, "person": user}
    answer = render(request, link.template, context, status=422 if form.errors else 200)
    # The address is the key. With “no-referrer” browsers would send the form without their origin.
    answer["Referrer-Policy"] = "strict-origin"
    return answer
