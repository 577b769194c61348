"""Sums over events: of their value, or of a number among their properties."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, F, Func, Q, Sum, Value, When
from django.db.models.functions import Abs
from django.db.models.lookups import LessThan
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.engage.segments.facts import EventRow, ProfileFacts
from kundenkreis.engage.segments.needs import Detail, Needs
from kundenkreis.engage.segments.nodes import selecting
from kundenkreis.engage.segments.nodes.selecting import Selector, among, earliest
from kundenkreis.engage.tracking.labels import property_label
from kundenkreis.kernel.conditions import ConditionError, Kind, Moment, Node, Reader, suggested
from kundenkreis.kernel.conditions import values as operands
from kundenkreis.kernel.conditions.kinds import OPERATORS
from kundenkreis.kernel.conditions.vocabulary import KEY
from kundenkreis.kernel.conditions.wording import plain
from kundenkreis.kernel.json_values import JsonNumber, number
from kundenkreis.kernel.money import Money

_COMPARE = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}
_LOOKUP = {"lt": "total__lt", "lte": "total__lte", "gt": "total__gt", "gte": "total__gte"}
_OPPOSITE = {"lt": "gte", "lte": "gt", "gt": "lte", "gte": "lt"}
# A single absurd amount must neither decide a sum nor overflow one; such events are left out.
MOST_MINOR = 10**12
MOST_NUMBER = 1e9


@dataclass(frozen=True, slots=True)
class SumOf(Node):
    """The sum over events compared with an amount; the sum over nothing is 0.

    `of` is "value" (then `amount` is Money and only events in its currency count) or the key of a
    property (then `amount` is a Decimal; each value is rounded to hundredths, half away from zero).
    """

    selector: Selector
    of: str
    op: str
    amount: Money | Decimal

    def needs(self) -> Needs:
        of_value = isinstance(self.amount, Money)
        return self.selector.needs(Detail.COLUMNS if of_value else Detail.PROPERTIES)

    @property
    def threshold(self) -> int:
        """The amount in minor units or hundredths."""
        if isinstance(self.amount, Money):
            return self.amount.minor
        return int(self.amount * 100)

    def part(self, event: EventRow) -> int:
        """What one event adds, in minor units or hundredths."""
        if isinstance(self.amount, Money):
            minor = event.value_minor
            fits = minor is not None and abs(minor) <= MOST_MINOR
            return minor if fits and minor and event.currency == self.amount.currency else 0
        value = number(event.properties, (self.of,))
        if value is None or abs(value) >= MOST_NUMBER:
            return 0
        return math.trunc(value * 100 + (-0.5 if value < 0 else 0.5))


class _Truncated(Func):
    """A double cut off to a whole number, on both databases."""

    output_field = BigIntegerField()
    template = "CAST(%(expressions)s AS INTEGER)"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="TRUNC(%(expressions)s)::bigint", **extra)


def _hundredths(key: str) -> Any:
    stored = JsonNumber("properties", (key,))
    half = Case(When(LessThan(stored, Value(0.0)), then=Value(-0.5)), default=Value(0.5))
    return _Truncated(stored * Value(100.0) + half)


class SumOfType:
    """A sum over events."""

    kind = "sum_of"
    node = SumOf
    label = gettext_lazy("Sum over events")

    def load(self, reader: Reader) -> SumOf:
        of, op = reader.text("of", "value"), reader.one_of("op", tuple(_COMPARE), "gte")
        selector, path = selecting.load(reader), reader.at("amount")
        if of == "value":
            amount = operands.money(reader.raw("amount"), path, form=True)
            return SumOf(selector, of, op, amount)
        if not KEY.fullmatch(of):
            raise ConditionError(reader.at("of"), _("This is no name of a property."))
        quantity = operands.number(reader.raw("amount"), path, form=True)
        if quantity != round(quantity, 2):
            raise ConditionError(path, _("At most two decimals are allowed."))
        return SumOf(selector, of, op, quantity)

    def dump(self, node: SumOf) -> dict[str, Any]:
        data = {**node.selector.dump(), "of": node.of, "op": node.op}
        return {**data, "amount": operands.dump(node.amount)}

    def _total(self, node: SumOf, facts: ProfileFacts, moment: Moment) -> int:
        return sum(node.part(event) for event in node.selector.around(facts, moment).inside)

    def holds(self, node: SumOf, facts: ProfileFacts, moment: Moment) -> bool:
        return bool(_COMPARE[node.op](self._total(node, facts, moment), node.threshold))

    def next_change(self, node: SumOf, facts: ProfileFacts, moment: Moment) -> datetime | None:
        found = node.selector.around(facts, moment)
        oldest = min((event.occurred_at for event in found.inside), default=None)
        leaving = None if oldest is None else node.selector.leaves(oldest, moment)
        return earliest(leaving, found.future)

    def q(self, node: SumOf, moment: Moment) -> Q:
        rows = node.selector.rows(moment)
        if isinstance(node.amount, Money):
            rows = rows.filter(currency=node.amount.currency)
            rows = rows.filter(value_minor__gte=-MOST_MINOR, value_minor__lte=MOST_MINOR)
            part: Any = F("value_minor")
        else:
            rows = rows.filter(LessThan(Abs(JsonNumber("properties", (node.of,))), MOST_NUMBER))
            part = _hundredths(node.of)
        people = rows.values("person").annotate(total=Sum(part))
        # Who has no such event has the sum 0 but no row: then select those who break the rule.
        if _COMPARE[node.op](0, node.threshold):
            breaking = {_LOOKUP[_OPPOSITE[node.op]]: node.threshold}
            return ~among(people.filter(**breaking).values("person"))
        return among(people.filter(**{_LOOKUP[node.op]: node.threshold}).values("person"))

    def pending(self, node: SumOf, moment: Moment) -> Q:
        return among(node.selector.open_people(moment))

    def say(self, node: SumOf) -> str:
        of = (
            _("value")
            if node.of == "value"
            else _("“%(name)s”") % {"name": property_label(node.of)}
        )
        op = next(str(o.label) for o in OPERATORS[Kind.NUMBER] if o.name == node.op)
        words = {"of": of, "what": node.selector.say(), "op": op, "amount": plain(node.amount)}
        return _("sum of %(of)s over %(what)s %(op)s %(amount)s") % words

    def actual(self, node: SumOf, facts: ProfileFacts, moment: Moment) -> str:
        total = self._total(node, facts, moment)
        if isinstance(node.amount, Money):
            return plain(Money(total, node.amount.currency))
        return plain(Decimal(total) / 100)

    def inputs(self) -> list[dict[str, Any]]:
        choices = [
            {"value": op.name, "label": str(op.label)}
            for op in OPERATORS[Kind.NUMBER]
            if op.name in _COMPARE
        ]
        event, *rest = selecting.inputs()
        of = {"name": "of", "kind": "text", "label": _("Sum of"), "default": "value"}
        return [
            event,
            {**of, "suggestions": suggested(["value", "quantity"], property_label)},
            {
                "name": "op",
                "kind": "choice",
                "label": _("Comparison"),
                "quiet": True,  # its choices say "is" themselves
                "choices": choices,
                "default": "gte",
            },
            {"name": "amount", "kind": "money", "label": _("Amount")},
            *rest,
        ]
