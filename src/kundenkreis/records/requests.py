"""What a staff request carries, for the type checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer


class StaffRequest(HttpRequest):
    """A request of somebody who is logged in; the shell's middleware sets who it is.

    `edits_lists`: whether they have switched lists from reading to editing.
    """

    viewer: Viewer
    edits_lists: bool
