"""Segments to start from: definitions with a name, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.nodes.counting import NotPerformed, Performed
from kundenkreis.engage.segments.nodes.rfm import Rfm
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.nodes.sequence import Sequence
from kundenkreis.kernel.conditions import All, Duration, Node, Unit
from kundenkreis.kernel.money import CURRENCY

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CART, ORDER = "Product Added", "Order Completed"


@dataclass(frozen=True, slots=True)
class Template:
    """A segment to start from. `names` are its name per language, `help` says what it is for."""

    slug: str
    names: dict[str, str]
    help: StrOrPromise
    tree: Node

    @property
    def definition(self) -> dict[str, Any]:
        return definition_of(self.tree)


def hours(n: int) -> Duration:
    return Duration(n, Unit.HOURS)


def days(n: int) -> Duration:
    return Duration(n, Unit.DAYS)


ABANDONED_CART = Template(
    "abandoned-cart",
    {
        "de": "Warenkorb der letzten 6 Stunden, seither nicht bestellt",
        "en": "Cart in the last 6 hours, not ordered since",
    },
    _(
        "Put something in the cart within the last 6 hours, and no order of that cart came "
        "after it. An order that does not say which cart it was closes all carts before it."
    ),
    Sequence(Selector(CART, hours(6)), Selector(ORDER), "key", "property.cart_id"),
)

LAPSED_REGULARS = Template(
    "lapsed-regulars",
    {
        "de": "Mindestens 3 Käufe, seit 60 Tagen keiner",
        "en": "At least 3 purchases, none for 60 days",
    },
    _("Regular customers who have stopped. An order that is reported twice counts once."),
    All(
        (
            Performed(Selector(ORDER), "gte", 3, once_per_key=True),
            NotPerformed(Selector(ORDER, days(60))),
        )
    ),
)

_SCORES = _(
    "Scores from 1 to 5 compare each customer with all others, equal values get equal scores; so "
    "this segment is refreshed as a whole once a day and not with every event."
)

CHAMPIONS = Template(
    "rfm-champions",
    {"de": "RFM: beste Kundinnen und Kunden", "en": "RFM: best customers"},
    _SCORES,
    Rfm(Selector(ORDER), CURRENCY, recency=(4, 5), frequency=(4, 5), monetary=(4, 5)),
)

AT_RISK = Template(
    "rfm-at-risk",
    {"de": "RFM: wertvoll, aber lange nicht da", "en": "RFM: valuable, but away for long"},
    _SCORES,
    Rfm(Selector(ORDER), CURRENCY, recency=(1, 2), frequency=(4, 5), monetary=(4, 5)),
)

TEMPLATES = (ABANDONED_CART, LAPSED_REGULARS, CHAMPIONS, AT_RISK)


def template(slug: str) -> Template | None:
    """The template of that name."""
    return next((one for one in TEMPLATES if one.slug == slug), None)
