"""Links by which somebody chooses a password: invitations and resets, and the mails that bring them.

A link is good once: its token is made of the password and the last log-in, too. Its host is a
setting and never what a request says of itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import base36_to_int

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import is_address_of, today, user_named
from kundenkreis.kernel import clock


class Tokens(PasswordResetTokenGenerator):
    """Django's tokens with an end of their own, by the product's clock."""

    def __init__(self, purpose: str, good_for: timedelta) -> None:
        super().__init__()
        self.key_salt, self.good_for = f"kundenkreis.{purpose}", good_for

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token) or not token:
            return False
        made = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - made <= self.good_for.total_seconds()


INVITATION = Tokens("invitation", timedelta(days=3))
RESET = Tokens("reset", timedelta(minutes=30))


def good(user: User, tokens: Tokens, token: str) -> bool:
    """Whether a token lets somebody choose their password, now."""
    return user.is_active and not user.is_over(today()) and tokens.check_token(user, token)


def address(page: str, user: User, token: str) -> str:
    """The link to a page before the log-in."""
    return f"{settings.STAFF_ADDRESS}{reverse(page, args=[user.pk, token])}"


def send(user: User, mail: str, link: str) -> None:
    """Send a mail of `accounts/mail/`, in the user's language."""
    context = {"person": user, "link": link, "host": settings.STAFF_ADDRESS}
    with translation.override(user.language):
        lines = render_to_string(f"accounts/mail/{mail}.txt", context).strip()
    subject, _line, text = lines.partition("\n")
    EmailMessage(subject=subject.strip(), body=f"{text.strip()}\n", to=[user.email]).send()


def send_reset(email: str) -> bool:
    """Send a link for another password to whoever has exactly this address, if they may log in."""
    user = user_named(email.strip())
    if (
        user is None
        or not is_address_of(user, email)
        or not user.is_active
        or user.is_over(today())
    ):
        return False
    send(user, "reset", address("reset", user, RESET.make_token(user)))
    return True
