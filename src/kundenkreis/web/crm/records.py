"""What the screens of data protection add to the pages of records, where both sides are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.protection.models import Erasure
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Panel, extend, named
from kundenkreis.web.crm.protection.erasing import stays, told


def erased_panel(viewer: Viewer, erasure: Erasure) -> Mapping[str, Any]:
    """What went, and what had to stay."""
    return {
        "running": erasure.state == erasure.State.RUNNING,
        "url": named("erasure").url(erasure.pk),
        "sides": told(erasure.counts),
        "held": stays(erasure.held),
    }


extend(
    "erasure",
    panels=[Panel("erased", "protection/erased_panel.html", erased_panel, "centre", 10)],
)
