"""Letting the first administrator in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import login
from django.utils.translation import get_language

from kundenkreis.crm.accounts.commands import create_first_administrator
from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.kernel.access import system

if TYPE_CHECKING:
    from django.http import HttpRequest


def let_first_administrator_in(
    request: HttpRequest, *, name: str, email: str, password: str
) -> None:
    """Make the first user with what every company starts with, and log them in."""
    actor = system("setup")
    language = get_language() or "de"
    user = create_first_administrator(
        actor=actor, name=name, email=email, password=password, language=language
    )
    ship_pipeline(actor=actor)
    login(request, user, "allauth.account.auth_backends.AuthenticationBackend")
