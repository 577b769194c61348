"""What conditions of segments may compare: fields of events and of profiles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.profiles.labels import fact_label, trait_label
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.facts import EventRow
from kundenkreis.engage.tracking.labels import property_label
from kundenkreis.engage.tracking.models import Event, Source
from kundenkreis.kernel.conditions import Choice, Family, Field, Kind, Vocabulary, column
from kundenkreis.kernel.conditions.json_values import KINDS, READ, SQL
from kundenkreis.kernel.money import CURRENCY, Money

# What an event says does not change, so its conditions must not change with time either:
# time is the window's business.
_FIXED_IN_TIME = ("is", "lt", "lte", "gt", "gte", "between", "empty", "not_empty")
_SAMPLE = 300


def _value(event: EventRow) -> Money | None:
    return None if event.value_minor is None else Money(event.value_minor, event.currency)


def _sources() -> Iterable[Choice]:
    return [Choice(source.pk, source.name) for source in Source.objects.order_by("id")[:200]]


def _property(name: str, key: str, kind: Kind) -> Field:
    def read(event: EventRow) -> object:
        return READ[kind](event.properties, (key,))

    only = _FIXED_IN_TIME if kind is Kind.DATE else ()
    sql = SQL[kind]("properties", (key,))
    return Field(name, kind, property_label(key), read, sql, operators=only)


EVENTS = Vocabulary(
    "engage.event",
    fields=(
        column("key", Kind.TEXT, _("Key (cart, order …)"), exact=True),
        Field("value", Kind.MONEY, _("Value"), _value, F("value_minor"), F("currency")),
        column("source", Kind.REFERENCE, _("Source"), path="source_id", choices=_sources),
    ),
    families=(
        Family("property", _("Property"), KINDS, _property, lambda: _sample(Event, "properties")),
    ),
)


def _linked(profile: Any) -> object:
    return profile.link_id is not None


def _trait(name: str, key: str, kind: Kind) -> Field:
    def read(profile: Any) -> object:
        return READ[kind](profile.traits, (key,))

    return Field(name, kind, trait_label(key), read, SQL[kind]("traits", (key,)))


def _fact(name: str, key: str, kind: Kind) -> Field:
    """A fact from the crm: `{"value": …, "purpose": …}` under its name."""
    path = (key, "value")

    def read(profile: Any) -> object:
        return READ[kind](profile.facts, path)

    return Field(name, kind, fact_label(key), read, SQL[kind]("facts", path))


def _kind_of(value: object) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    return Kind.NUMBER if isinstance(value, int | float) else Kind.TEXT


def _sample(model: type[Event | Profile], column: str) -> Iterable[tuple[str, Kind]]:
    """Keys worth suggesting: those with a plain value in the newest rows."""
    newest = model._default_manager.order_by("-id").values_list(column, flat=True)[:_SAMPLE]
    seen: dict[str, Kind] = {}
    for row in newest:
        for key, value in row.items():
            inner = value.get("value") if column == "facts" and isinstance(value, dict) else value
            if isinstance(inner, str | int | float):
                seen.setdefault(key, _kind_of(inner))
    return sorted(seen.items())[:100]


_REVENUE, _CURRENCY = ("revenue_minor", "value"), ("currency", "value")


def _revenue(profile: Any) -> Money | None:
    minor = READ[Kind.NUMBER](profile.facts, _REVENUE)
    currency = str(READ[Kind.TEXT](profile.facts, _CURRENCY) or CURRENCY)
    return None if minor is None else Money(int(minor), currency)


def _known_facts() -> Iterable[tuple[str, Kind]]:
    """What the crm told, without the amount and its currency, which are one field."""
    apart = {_REVENUE[0], _CURRENCY[0]}
    return [(key, kind) for key, kind in _sample(Profile, "facts") if key not in apart]


PROFILE_FIELDS = (
    column("known", Kind.BOOLEAN, _("Known by name or customer id")),
    column("created_at", Kind.DATETIME, _("First seen")),
    Field(
        "linked",
        Kind.BOOLEAN,
        _("Known in the CRM"),
        _linked,
        ExpressionWrapper(Q(link_id__isnull=False), output_field=BooleanField()),
    ),
    Field(
        "revenue",
        Kind.MONEY,
        _("Net revenue"),
        _revenue,
        SQL[Kind.NUMBER]("facts", _REVENUE),
        Coalesce(SQL[Kind.TEXT]("facts", _CURRENCY), Value(CURRENCY, TextField())),
    ),
)
PROFILE_FAMILIES = (
    Family("trait", _("Trait"), KINDS, _trait, lambda: _sample(Profile, "traits")),
    Family("fact", _("Fact from the CRM"), KINDS, _fact, _known_facts),
)
