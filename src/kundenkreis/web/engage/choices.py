"""What forms of the marketing pages let choose from."""

from __future__ import annotations

from kundenkreis.engage.segments.models import Segment
from kundenkreis.engage.segments.queries import segments
from kundenkreis.kernel.access import Viewer

MOST = 200


def segment_names(viewer: Viewer) -> list[tuple[int, str]]:
    """Segments that are not archived, newest first, at most 200."""
    shown = segments(viewer).exclude(state=Segment.State.ARCHIVED)[:MOST]
    return [(segment.pk, str(segment)) for segment in shown]
