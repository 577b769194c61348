"""What views take from a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kundenkreis.kernel.access import Viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is looking; the middleware has put it there."""
    return cast("Viewer", request.viewer)  # type: ignore[attr-defined]
