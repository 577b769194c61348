"""Who has undertaken confidentiality, and to which text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kundenkreis.crm.accounts.models import Undertaking, UndertakingText, User
from kundenkreis.kernel.access import Level, Viewer

READ = "crm.undertaking.read"
PUBLISH = "crm.undertaking.create"
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """A member of staff, and the version they undertook last, if any; `due` when a newer one waits."""

    user: User
    version: int | None
    at: datetime | None
    due: bool


def present_text() -> UndertakingText | None:
    """The text everybody is asked for; none where nothing was published."""
    return UndertakingText.objects.order_by("-version").first()


def undertaken_at(viewer: Viewer) -> datetime | None:
    """When the viewer undertook the present text."""
    text = present_text()
    own = Undertaking.objects.filter(user_id=viewer.user_id or 0, text=text).first()
    return own.at if own else None


def texts(viewer: Viewer) -> list[UndertakingText]:
    """All versions, the newest first. Raises `NotAllowed`."""
    _require(viewer)
    return list(UndertakingText.objects.order_by("-version")[:200])


def undertakings(viewer: Viewer) -> list[Line]:
    """All staff who may log in, and those who undertook anything, by name. Raises `NotAllowed`."""
    _require(viewer)
    text = present_text()
    latest = {one.user_id: one for one in _rows()}
    return [
        Line(
            user,
            one.text.version if (one := latest.get(user.pk)) else None,
            one.at if one else None,
            due=user.is_active and text is not None and (one is None or one.text_id != text.pk),
        )
        for user in User.objects.order_by("name", "id")[:MOST]
        if user.is_active or user.pk in latest
    ]


def every_undertaking(viewer: Viewer) -> Iterator[Undertaking]:
    """All that were ever made, the oldest first, for the export. Raises `NotAllowed`."""
    _require(viewer)
    return _rows()


def _rows() -> Iterator[Undertaking]:
    rows = Undertaking.objects.select_related("user", "text").order_by("at", "id")
    return iter(rows[: 10 * MOST])


def _require(viewer: Viewer) -> None:
    if viewer.level(READ) is not Level.ALL:
        raise viewer.refusal(READ)
