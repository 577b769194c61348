"""Marketing's segments as a condition on persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.people.segments import inside_any, known_segments, segments_of
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.conditions import ConditionError, Node, Vocabulary
from kundenkreis.kernel.conditions.sql import NEVER

if TYPE_CHECKING:
    from kundenkreis.kernel.conditions import Moment, Reader

MOST = 200


@dataclass(frozen=True, slots=True)
class InSegments(Node):
    """In one of some segments of marketing, by their numbers there."""

    segments: tuple[str, ...]


@dataclass(frozen=True)
class InSegmentsType:
    """`NodeType` of `InSegments`."""

    kind, node, label = "marketing_segments", InSegments, gettext_lazy("In segments")

    def load(self, reader: Reader) -> InSegments:
        raw, names = reader.raw("segments"), self._names()
        if not isinstance(raw, list) or not raw or any(one not in names for one in raw):
            raise ConditionError(reader.at("segments"), _("Choose from the list."))
        return InSegments(tuple(dict.fromkeys(raw)))

    def dump(self, node: InSegments) -> dict[str, Any]:
        return {"segments": list(node.segments)}

    def holds(self, node: InSegments, facts: Any, moment: Moment) -> bool:
        return any(str(one.segment.pk) in node.segments for one in segments_of([facts]))

    def next_change(self, node: InSegments, facts: Any, moment: Moment) -> datetime | None:
        return None

    def q(self, node: InSegments, moment: Moment) -> Q:
        return inside_any(int(one) for one in node.segments)

    def pending(self, node: InSegments, moment: Moment) -> Q:
        return NEVER

    def say(self, node: InSegments) -> str:
        names = self._names()
        words = ", ".join(names.get(one, f"#{one}") for one in node.segments)
        return _("in segment %(names)s") % {"names": words}

    def actual(self, node: InSegments, facts: Any, moment: Moment) -> str:
        return ", ".join(str(one.segment) for one in segments_of([facts]))

    def inputs(self) -> list[dict[str, Any]]:
        choices = [{"value": pk, "label": name} for pk, name in self._names().items()]
        return [{"name": "segments", "kind": "choices", "label": "", "choices": choices}]

    def _names(self) -> dict[str, str]:
        return {str(one.pk): str(one) for one in known_segments()[:MOST]}


def vocabulary(viewer: Viewer) -> Vocabulary:
    """What lists of persons may be narrowed by, for `extend`."""
    return Vocabulary("segments", node_types=(InSegmentsType(),))
