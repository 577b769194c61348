"""Browsers from which somebody has logged in before.

Wrong passwords are counted per account. So that strangers cannot lock somebody out by guessing, a
browser that is known for an account has a count of its own there: a signed cookie says so. It lets
nobody in.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SALT = "kundenkreis.devices"
KEPT = 180 * 24 * 3600  # seconds
ACCOUNTS = 5  # that one browser is known for


def known_for(request: HttpRequest, login: str) -> str:
    """The name of a browser that is known for an account; empty for a stranger's."""
    device, accounts = _read(request)
    return device if _mark(login) in accounts else ""


def is_known(request: HttpRequest) -> bool:
    """Whether anybody has logged in from this browser before."""
    return bool(_read(request)[0])


def remember(request: HttpRequest, answer: HttpResponse, login: str) -> None:
    """Know this browser for the account that has just been logged in to."""
    device, accounts = _read(request)
    mark = _mark(login)
    kept = [mark, *(one for one in accounts if one != mark)][:ACCOUNTS]
    answer.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([device or secrets.token_urlsafe(12), kept], salt=SALT),
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        text = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
        device, accounts = signing.loads(text, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return "", []
    return device, accounts


def _mark(login: str) -> str:
    return salted_hmac(SALT, login.strip().lower(), algorithm="sha256").hexdigest()[:16]
