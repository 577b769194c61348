"""Being in another segment, by its stored membership."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.engage.segments.models import Membership, Segment
from kundenkreis.engage.segments.needs import Needs
from kundenkreis.engage.segments.nodes.selecting import among
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.conditions import Moment, Node, Reader
from kundenkreis.kernel.conditions.values import MAX_INTEGER
from kundenkreis.kernel.fields import translated

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.engage.segments.facts import ProfileFacts

READ = "engage.segment.read"


@dataclass(frozen=True, slots=True)
class InSegment(Node):
    """Is a member of the other segment now. Nothing is inlined, so cost does not multiply."""

    segment_id: int

    def needs(self) -> Needs:
        return Needs(segments=frozenset({self.segment_id}))


class InSegmentType:
    """Membership of another segment; those that the viewer may not read go without a name."""

    kind = "in_segment"
    node = InSegment
    label = gettext_lazy("Is in another segment")

    def __init__(self, viewer: Viewer | None = None) -> None:
        self._viewer = viewer

    def load(self, reader: Reader) -> InSegment:
        return InSegment(reader.integer("segment", 1, MAX_INTEGER))

    def dump(self, node: InSegment) -> dict[str, Any]:
        return {"segment": node.segment_id}

    def holds(self, node: InSegment, facts: ProfileFacts, moment: Moment) -> bool:
        return node.segment_id in facts.segments

    def next_change(self, node: InSegment, facts: ProfileFacts, moment: Moment) -> None:
        return None  # the other segment's own changes wake this one

    def q(self, node: InSegment, moment: Moment) -> Q:
        members = Membership.objects.filter(segment_id=node.segment_id)
        return among(members.values("profile_id"))

    def pending(self, node: InSegment, moment: Moment) -> Q:
        return Q(pk__in=[])

    def say(self, node: InSegment) -> str:
        found = self._known().filter(pk=node.segment_id).first()
        name = translated(found.name) if found else str(node.segment_id)
        return _("is in the segment “%(name)s”") % {"name": name}

    def actual(self, node: InSegment, facts: ProfileFacts, moment: Moment) -> str:
        return _("yes") if self.holds(node, facts, moment) else _("no")

    def inputs(self) -> list[dict[str, Any]]:
        choices = [{"value": pk, "label": translated(name)} for pk, name in self._active()]
        return [{"name": "segment", "kind": "choice", "label": _("Segment"), "choices": choices}]

    def _active(self) -> Iterable[tuple[int, Any]]:
        rows = self._known().filter(state=Segment.State.ACTIVE).order_by("id")
        return rows.values_list("pk", "name")[:500]

    def _known(self) -> QuerySet[Segment]:
        rows = Segment.objects.all()
        return rows if self._viewer is None else visible(self._viewer, rows, READ)
