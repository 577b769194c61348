"""What every staff page knows: navigation, viewer, theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundenkreis.web.shell.navigation import navigation_for

if TYPE_CHECKING:
    from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {"theme": request.COOKIES.get("kk_theme", "system")}
    user = request.user
    return {
        "viewer": viewer,
        "theme": user.theme,
        "navigation": navigation_for(viewer, request.path),
    }
