"""How staff log in: nobody signs up by themselves, and attempts are counted before a hash is made."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import devices
from kundenkreis.crm.accounts.factor_commands import note_factor
from kundenkreis.crm.accounts.hashing import as_stranger, locks
from kundenkreis.crm.accounts.queries import is_address_of, viewer_of
from kundenkreis.kernel.errors import TooMany
from kundenkreis.kernel.slots import Slots

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# The cache of files cannot add one to a count by itself: two at once would count as one.
_COUNTING = Slots("count", places=1, waiting=8, patience=2.0)
# The same place, and a line of their own: strangers who guess do not fill it.
_OF_KNOWN = Slots("count", places=1, waiting=4, patience=2.0)


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Log-in for people the administrator has let in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt per network and per account. Raises `TooMany`, before any hash."""
        try:
            with _line(request, credentials).one(locks()):
                super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise too_many() from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whoever these credentials name exactly: allauth also takes letters that fold to others."""
        typed = credentials.get("email")
        with nullcontext() if _is_known(request, credentials) else as_stranger():
            user = super().authenticate(request, **credentials)
        return user if user is None or typed is None or is_address_of(user, typed) else None

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def send_notification_mail(
        self, template_prefix: str, user: Any, *args: Any, **kw: Any
    ) -> None:
        """allauth tells here that somebody's second factor has changed."""
        if not template_prefix.startswith("mfa/"):
            return
        note_factor(actor=viewer_of(user), user_id=user.pk)

    def _rollback_login_failed_rl_usage(self) -> None:
        with _COUNTING.one(locks()):
            super()._rollback_login_failed_rl_usage()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, answer, user.email)
        return answer

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        login = str(credentials.get("email", "")).strip().lower()
        return f"{login}:{devices.known_for(request, login)}"


def _is_known(request: HttpRequest, credentials: Mapping[str, Any]) -> bool:
    login = str(credentials.get("email") or "").strip().lower()
    return bool(devices.known_for(request, login))


def _line(request: HttpRequest, credentials: Mapping[str, Any]) -> Slots:
    return _OF_KNOWN if _is_known(request, credentials) else _COUNTING


def too_many() -> TooMany:
    """What somebody reads who has tried too often; the same for an account that does not exist."""
    return TooMany(
        _("There were too many attempts to log in."),
        _(
            "After a few wrong ones nobody may try for some minutes, so that passwords are not guessed."
        ),
        _("Wait five minutes, then try again."),
    )
