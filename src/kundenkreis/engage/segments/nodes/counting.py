"""How often somebody did something: performed, not performed."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kundenkreis.engage.segments.facts import ProfileFacts
from kundenkreis.engage.segments.needs import Detail, Needs
from kundenkreis.engage.segments.nodes import selecting
from kundenkreis.engage.segments.nodes.selecting import Selector, among, earliest
from kundenkreis.kernel.conditions import Moment, Node, Reader

_COMPARE = {"gte": operator.ge, "lte": operator.le, "is": operator.eq}
MOST = 1000


@dataclass(frozen=True, slots=True)
class Performed(Node):
    """Did something at least (`gte`), at most (`lte`) or exactly (`is`) `n` times.

    With `once_per_key`, events with the same key (an order reported twice, by browser and server)
    count once; events without a key count each.
    """

    selector: Selector
    op: str = "gte"
    n: int = 1
    once_per_key: bool = False

    def needs(self) -> Needs:
        return self.selector.needs(Detail.COLUMNS if self.once_per_key else Detail.TIMES)


@dataclass(frozen=True, slots=True)
class NotPerformed(Node):
    """Did not do something."""

    selector: Selector

    def needs(self) -> Needs:
        return self.selector.needs()


def counted(
    node: Performed, facts: ProfileFacts, moment: Moment
) -> tuple[list[datetime], datetime | None]:
    """The instants that count, oldest first, and the next one in the future.

    Of events that count once per key the latest decides, because it leaves the window last.
    """
    found = node.selector.around(facts, moment)
    if not node.once_per_key:
        return sorted(event.occurred_at for event in found.inside), found.future
    latest: dict[object, datetime] = {}
    for at, event in enumerate(found.inside):
        name = event.key or at
        latest[name] = max(latest.get(name, event.occurred_at), event.occurred_at)
    return sorted(latest.values()), found.future


class PerformedType:
    """Performed, with a number of times."""

    kind = "performed"
    node = Performed
    label = gettext_lazy("Did something")

    def load(self, reader: Reader) -> Performed:
        op = reader.one_of("op", tuple(_COMPARE), "gte")
        n = reader.integer("n", 1 if op == "gte" else 0, MOST, 1)
        return Performed(selecting.load(reader), op, n, reader.flag("once_per_key"))

    def dump(self, node: Performed) -> dict[str, Any]:
        data = {**node.selector.dump(), "op": node.op, "n": node.n}
        return {**data, "once_per_key": True} if node.once_per_key else data

    def holds(self, node: Performed, facts: ProfileFacts, moment: Moment) -> bool:
        return bool(_COMPARE[node.op](len(counted(node, facts, moment)[0]), node.n))

    def next_change(self, node: Performed, facts: ProfileFacts, moment: Moment) -> datetime | None:
        instants, future = counted(node, facts, moment)
        surplus = len(instants) - node.n
        if node.op == "gte" and surplus < 0:
            return future  # only more events make it true
        # What leaves before the count can cross the number does not matter.
        first = {"gte": surplus, "lte": surplus - 1, "is": 0}[node.op]
        leaving = (
            node.selector.leaves(instants[first], moment) if 0 <= first < len(instants) else None
        )
        return leaving if node.op == "gte" else earliest(leaving, future)

    def q(self, node: Performed, moment: Moment) -> Q:
        people = node.selector.rows(moment).values("person")
        if node.n == 0:
            return ~among(people)
        if (node.op, node.n) == ("gte", 1):
            return among(people)
        times: Any = Count("pk")
        if node.once_per_key:
            keys = Count(NullIf("key", Value("")), distinct=True)
            times = keys + Count("pk", filter=Q(key=""))
        counted_people = people.annotate(times=times)
        if node.op == "lte":
            return ~among(counted_people.filter(times__gt=node.n).values("person"))
        wanted = {"times__gte": node.n} if node.op == "gte" else {"times": node.n}
        return among(counted_people.filter(**wanted).values("person"))

    def pending(self, node: Performed, moment: Moment) -> Q:
        return among(node.selector.open_people(moment))

    def say(self, node: Performed) -> str:
        words = {
            "gte": ngettext("did %(what)s", "did %(what)s at least %(n)d times", node.n),
            "lte": ngettext(
                "did %(what)s at most once", "did %(what)s at most %(n)d times", node.n
            ),
            "is": ngettext("did %(what)s exactly once", "did %(what)s exactly %(n)d times", node.n),
        }
        return words[node.op] % {"what": node.selector.say(), "n": node.n}

    def actual(self, node: Performed, facts: ProfileFacts, moment: Moment) -> str:
        n = len(counted(node, facts, moment)[0])
        return ngettext("%(n)d time", "%(n)d times", n) % {"n": n}

    def inputs(self) -> list[dict[str, Any]]:
        choices = [
            {"value": "gte", "label": _("at least")},
            {"value": "lte", "label": _("at most")},
            {"value": "is", "label": _("exactly")},
        ]
        event, *rest = selecting.inputs()
        times = _("Times")
        once = _("The same key counts once")
        return [
            event,
            {
                "name": "op",
                "kind": "choice",
                "label": _("How often"),
                "choices": choices,
                "default": "gte",
            },
            {"name": "n", "kind": "integer", "label": times, "min": 0, "max": MOST, "default": 1},
            *rest,
            {"name": "once_per_key", "kind": "flag", "label": once, "optional": True},
        ]


class NotPerformedType:
    """Not performed: the plain opposite, under a name of its own for the editor."""

    kind = "not_performed"
    node = NotPerformed
    label = gettext_lazy("Did not do something")

    def load(self, reader: Reader) -> NotPerformed:
        return NotPerformed(selecting.load(reader))

    def dump(self, node: NotPerformed) -> dict[str, Any]:
        return node.selector.dump()

    def holds(self, node: NotPerformed, facts: ProfileFacts, moment: Moment) -> bool:
        return not node.selector.around(facts, moment).inside

    def next_change(
        self, node: NotPerformed, facts: ProfileFacts, moment: Moment
    ) -> datetime | None:
        return PerformedType().next_change(Performed(node.selector), facts, moment)

    def q(self, node: NotPerformed, moment: Moment) -> Q:
        return ~among(node.selector.rows(moment).values("person"))

    def pending(self, node: NotPerformed, moment: Moment) -> Q:
        return among(node.selector.open_people(moment))

    def say(self, node: NotPerformed) -> str:
        return _("did not %(what)s") % {"what": node.selector.say()}

    def actual(self, node: NotPerformed, facts: ProfileFacts, moment: Moment) -> str:
        return PerformedType().actual(Performed(node.selector), facts, moment)

    def inputs(self) -> list[dict[str, Any]]:
        return selecting.inputs()
