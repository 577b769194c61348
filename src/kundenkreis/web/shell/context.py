"""What every staff page knows: navigation, who is logged in, theme and where settings are sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from kundenkreis.crm.accounts.company_queries import company
from kundenkreis.crm.accounts.models import User
from kundenkreis.ui.furniture import NavigationItem
from kundenkreis.web.guide.topics import topic_for
from kundenkreis.web.shell.navigation import navigation_for

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kundenkreis.crm.accounts.models import Company


def shell(request: HttpRequest) -> dict[str, Any]:
    """The variables of `ui/shell.html`; on pages before the log-in only the common ones."""
    common = {
        "company_name": getattr(settings, "COMPANY_NAME", "") or "Kundenkreis",
        "language_url": reverse("set_language"),
        "theme_url": reverse("preferences"),
        "passkeys": settings.PASSKEYS,
    }
    viewer, user = getattr(request, "viewer", None), getattr(request, "user", None)
    if viewer is None or not isinstance(user, User):
        return common
    own = cast("Company", SimpleLazyObject(partial(company, viewer)))
    return {
        **common,
        "company_name": SimpleLazyObject(lambda: own.name or common["company_name"]),
        "viewer": viewer,
        "palette_url": reverse("palette"),
        "own_url": reverse("own"),
        "help_url": _help_url(request.path),
        "theme": user.theme,
        "keys_off": not user.single_keys,
        # Asked for only by whole pages, not by the parts of them that are fetched later.
        "navigation": SimpleLazyObject(lambda: navigation_for(viewer, request.path, own)),
        "person_name": str(user),
        "person_detail": user.email,
        "person_menu": (
            NavigationItem(_("Absence"), reverse("absence-list"), "calendar-x"),
            NavigationItem(_("Notifications"), reverse("notice-settings"), "bell"),
            NavigationItem(_("API tokens"), reverse("token-list"), "braces"),
            NavigationItem(_("Sessions"), reverse("session-list"), "monitor-smartphone"),
            NavigationItem(_("Second factor"), reverse("mfa_index"), "shield-check"),
            NavigationItem(_("Password"), reverse("account_change_password"), "key-round"),
        ),
    }


def _help_url(path: str) -> str:
    """Where the guide explains a page; its start page else."""
    topic = topic_for(path)
    return reverse("help-topic", args=[topic]) if topic else reverse("help")
