"""How long ago somebody last did something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.engage.segments.facts import ProfileFacts
from kundenkreis.engage.segments.needs import Needs
from kundenkreis.engage.segments.nodes import selecting
from kundenkreis.engage.segments.nodes.selecting import Selector, among, earliest
from kundenkreis.kernel.conditions import ConditionError, Duration, Moment, Node, Reader
from kundenkreis.kernel.conditions.periods import Bound, since
from kundenkreis.kernel.conditions.wording import length, plain

_OPS = ("before_ago", "within_last")


@dataclass(frozen=True, slots=True)
class LastPerformed(Node):
    """Did it, and the last time is longer ago (`before_ago`) or not so long ago (`within_last`).

    Who never did it is in neither.
    """

    selector: Selector
    op: str
    duration: Duration

    @property
    def limit(self) -> Bound:
        return since(self.duration)

    def needs(self) -> Needs:
        return self.selector.needs()


class LastPerformedType:
    """Time since the last event of a kind."""

    kind = "last_performed"
    node = LastPerformed
    label = gettext_lazy("Last did something")

    def load(self, reader: Reader) -> LastPerformed:
        selector, op = selecting.load(reader, window=False), reader.one_of("op", _OPS, "before_ago")
        duration = reader.duration("duration")
        if duration is None:
            raise ConditionError(reader.at("duration"), _("Enter how long, e.g. 6 hours."))
        return LastPerformed(selector, op, duration)

    def dump(self, node: LastPerformed) -> dict[str, Any]:
        duration = {"n": node.duration.n, "unit": node.duration.unit.value}
        return {**node.selector.dump(), "op": node.op, "duration": duration}

    def _last(self, node: LastPerformed, facts: ProfileFacts, moment: Moment) -> datetime | None:
        found = node.selector.around(facts, moment)
        return max((event.occurred_at for event in found.inside), default=None)

    def holds(self, node: LastPerformed, facts: ProfileFacts, moment: Moment) -> bool:
        last = self._last(node, facts, moment)
        if last is None:
            return False
        return (last < node.limit.instant(moment)) is (node.op == "before_ago")

    def next_change(
        self, node: LastPerformed, facts: ProfileFacts, moment: Moment
    ) -> datetime | None:
        last, future = self._last(node, facts, moment), node.selector.around(facts, moment).future
        recent = last is not None and last >= node.limit.instant(moment)
        passing = node.limit.passes(last, moment) if last is not None and recent else None
        return earliest(passing, future)

    def q(self, node: LastPerformed, moment: Moment) -> Q:
        people = node.selector.rows(moment).values("person").annotate(last=Max("occurred_at"))
        side = "last__lt" if node.op == "before_ago" else "last__gte"
        return among(people.filter(**{side: node.limit.instant(moment)}).values("person"))

    def pending(self, node: LastPerformed, moment: Moment) -> Q:
        windowed = Selector(node.selector.event, node.duration, node.selector.where)
        return among(windowed.open_people(moment))

    def say(self, node: LastPerformed) -> str:
        words = {"what": node.selector.say(), "length": length(node.duration)}
        if node.op == "before_ago":
            return _("last did %(what)s longer ago than %(length)s") % words
        return _("last did %(what)s within the last %(length)s") % words

    def actual(self, node: LastPerformed, facts: ProfileFacts, moment: Moment) -> str:
        last = self._last(node, facts, moment)
        return _("never") if last is None else plain(last)

    def inputs(self) -> list[dict[str, Any]]:
        choices = [
            {"value": "before_ago", "label": _("longer ago than")},
            {"value": "within_last", "label": _("within the last")},
        ]
        event, where = selecting.inputs(window=False)
        return [
            event,
            {"name": "op", "kind": "choice", "label": _("When"), "choices": choices},
            {"name": "duration", "kind": "duration", "label": _("How long")},
            where,
        ]
