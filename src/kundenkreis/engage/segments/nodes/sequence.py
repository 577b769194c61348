"""One thing and not another after it, for the same key: the cart that was not ordered.

A key is the event's own (`key`) or one of its properties (`property.cart_id`); both sides name
theirs, because an order's own key is its number. **A missing key fits every key**: an order that
does not say which cart it was closes all earlier carts of the person. Pestering someone who has
ordered is worse than missing a reminder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.facts import EventRow, ProfileFacts
from kundenkreis.engage.segments.fields import EVENTS
from kundenkreis.engage.segments.needs import Detail, Needs
from kundenkreis.engage.segments.nodes import selecting
from kundenkreis.engage.segments.nodes.selecting import Selector, among, earliest
from kundenkreis.engage.tracking.labels import property_label
from kundenkreis.kernel.conditions import ConditionError, Moment, Node, Reader, suggested
from kundenkreis.kernel.conditions.vocabulary import KEY
from kundenkreis.kernel.json_values import JsonKey
from kundenkreis.kernel.json_values import key as json_key

_PROPERTY = "property."
ANY_KEY = "any"


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Did `first`, and since then not `then` with the same key. Equal instants count as since.

    `first_key` and `then_key` are "key", "property.NAME", or "any": then every `then` counts.
    """

    first: Selector
    then: Selector
    first_key: str = "key"
    then_key: str = "key"

    def needs(self) -> Needs:
        # `then` matters as far back as `first` does.
        then = Selector(self.then.event, self.first.within, self.then.where)
        return self.first.needs(_detail(self.first_key)) | then.needs(_detail(self.then_key))


def _detail(key: str) -> Detail:
    if key.startswith(_PROPERTY):
        return Detail.PROPERTIES
    return Detail.TIMES if key == ANY_KEY else Detail.COLUMNS


def event_key(event: EventRow, name: str) -> str:
    """The key of an event in memory; empty when it has none."""
    if name == "key":
        return event.key
    if name == ANY_KEY:
        return ""
    return json_key(event.properties, (name.removeprefix(_PROPERTY),)) or ""


def key_label(name: str) -> str:
    """What a key is called."""
    if name == ANY_KEY:
        return _("any: whatever it is about")
    if name == "key":
        return _("its own (cart, order …)")
    return str(property_label(name.removeprefix(_PROPERTY)))


def _sql_key(name: str) -> Any:
    if name == "key":
        return F("key")
    if name == ANY_KEY:
        return Value("", output_field=TextField())
    stored = JsonKey("properties", (name.removeprefix(_PROPERTY),))
    return Coalesce(stored, Value("", output_field=TextField()))


class SequenceType:
    """One thing and not another after it."""

    kind = "sequence"
    node = Sequence
    label = gettext_lazy("Did something and not something else after it")

    def load(self, reader: Reader) -> Sequence:
        first = selecting.load(reader)
        then = Selector(reader.text("then"), None, reader.optional("then_where", EVENTS))
        keys = [reader.text(name, "key") for name in ("first_key", "then_key")]
        for name, key in zip(("first_key", "then_key"), keys, strict=True):
            known = key in ("key", ANY_KEY) or (
                key.startswith(_PROPERTY) and KEY.fullmatch(key.removeprefix(_PROPERTY))
            )
            if not known:
                raise ConditionError(reader.at(name), _("This is no name of a key."))
        return Sequence(first, then, *keys)

    def dump(self, node: Sequence) -> dict[str, Any]:
        then = node.then.dump()
        data = {**node.first.dump(), "then": then["event"]}
        if "where" in then:
            data["then_where"] = then["where"]
        return {**data, "first_key": node.first_key, "then_key": node.then_key}

    def _open(self, node: Sequence, facts: ProfileFacts, moment: Moment) -> list[datetime]:
        """Instants of the first events in the window that nothing has closed."""
        last: dict[str, datetime] = {}  # of the closing events, by key; "" fits every key
        latest: datetime | None = None
        for event in node.then.of(facts):
            if event.occurred_at <= moment.now:
                key = event_key(event, node.then_key)
                last[key] = max(last.get(key, event.occurred_at), event.occurred_at)
                latest = max(latest or event.occurred_at, event.occurred_at)
        still_open = []
        for event in node.first.around(facts, moment).inside:
            key = event_key(event, node.first_key)
            closing = (
                latest
                if not key
                else max((at for at in (last.get(key), last.get("")) if at), default=None)
            )
            if closing is None or closing < event.occurred_at:
                still_open.append(event.occurred_at)
        return still_open

    def holds(self, node: Sequence, facts: ProfileFacts, moment: Moment) -> bool:
        return bool(self._open(node, facts, moment))

    def next_change(self, node: Sequence, facts: ProfileFacts, moment: Moment) -> datetime | None:
        still_open = self._open(node, facts, moment)
        if not still_open:
            return node.first.around(facts, moment).future
        closing = (e.occurred_at for e in node.then.of(facts) if e.occurred_at > moment.now)
        return earliest(node.first.leaves(max(still_open), moment), *closing)

    def q(self, node: Sequence, moment: Moment) -> Q:
        first = node.first.rows(moment).annotate(own_key=_sql_key(node.first_key))
        return among(first.filter(~self._closed(node, moment)).values("person"))

    def _closed(self, node: Sequence, moment: Moment) -> Exists:
        """Whether a later event of the same person with a fitting key closes this one."""
        later = node.then.rows(moment).annotate(their_key=_sql_key(node.then_key))
        own_key = OuterRef(OuterRef("own_key"))
        fitting = later.filter(
            Q(their_key=own_key) | Q(their_key="") | Q(Exact(own_key, Value(""))),
            profile_id=OuterRef("pk"),
            occurred_at__gte=OuterRef(OuterRef("occurred_at")),
        )
        same_person = Q(pk=OuterRef("person")) | Q(canonical_id=OuterRef("person"))
        return Exists(Profile.objects.filter(same_person).filter(Exists(fitting)))

    def pending(self, node: Sequence, moment: Moment) -> Q:
        future = Selector(node.then.event, None, node.then.where).open_people(moment)
        return among(node.first.open_people(moment)) | among(future)

    def say(self, node: Sequence) -> str:
        words = {"first": node.first.say(), "then": node.then.say()}
        if ANY_KEY not in (node.first_key, node.then_key):
            return _("did %(first)s and not %(then)s after it for the same key") % words
        return _("did %(first)s and not %(then)s after it") % words

    def actual(self, node: Sequence, facts: ProfileFacts, moment: Moment) -> str:
        total = len(node.first.around(facts, moment).inside)
        words = {"n": total, "open": len(self._open(node, facts, moment))}
        return _("%(n)d in the window, %(open)d of them still open") % words

    def inputs(self) -> list[dict[str, Any]]:
        event, within, where = selecting.inputs()
        names = ["key", "property.cart_id", "property.order_id", ANY_KEY]
        keys = suggested(names, key_label)
        first = {"name": "first_key", "kind": "text", "label": _("Key of the first event")}
        then = {"name": "then_key", "kind": "text", "label": _("Key of the later event")}
        return [
            event,
            within,
            where,
            {**event, "name": "then", "label": _("And not after it")},
            {**where, "name": "then_where", "label": _("Only later events with")},
            {**first, "suggestions": keys, "default": "key", "optional": True},
            {**then, "suggestions": keys, "default": "key", "optional": True},
        ]
