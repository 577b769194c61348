"""Colleagues named in a text: "@Ben Marks, please call back"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenkreis.crm.accounts.queries import staff

if TYPE_CHECKING:
    from kundenkreis.crm.accounts.models import User
    from kundenkreis.kernel.access import Viewer

MOST = 1_000


def mentioned(viewer: Viewer, text: str) -> list[User]:
    """The active members of staff whose whole names stand behind an @; a longer name counts."""
    found = []
    if "@" in text:
        colleagues = sorted(staff(viewer, MOST), key=lambda user: -len(user.name))
        for user in colleagues:
            name = f"@{user.name}"
            if user.name and name in text:
                found.append(user)
                if not any(other.name == user.name for other in colleagues if other != user):
                    text = text.replace(name, "")
    return found
