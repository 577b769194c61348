"""The forms that take a code, each of which is good once.

allauth remembers a code for half a minute, and not the one that an app is set up with. With clocks
that differ a code is good for longer, and so is whatever somebody saw being typed.
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache


class _Once:
    user: Any

    def clean_code(self) -> str:
        """A right code that nobody has used; all processes remember together (RFC 6238, 5.2)."""
        code = str(super().clean_code())  # type: ignore[misc]
        steps = 2 * app_settings.TOTP_TOLERANCE + 1
        key = f"factor.used|{self.user.pk}|{normalize_user_code(code)}"
        if not cache.add(key, True, timeout=steps * app_settings.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")
        return code


class Confirm(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """At the log-in."""


class ConfirmAgain(_Once, ReauthenticateForm):  # type: ignore[misc]
    """Before something grave."""


class SetUp(_Once, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""
