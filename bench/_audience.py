"""Many visitors with consent and a long event log in the engage database, segments, a campaign."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench._data import DAY, HOUR, Maker, anything
from bench._tools import say

SHOP = "bench"
DAYS = 30  # the log reaches back so far
# How often each event comes, in percent.
MIX = {"Page Viewed": 60, "Product Viewed": 25, "Product Added": 8, "Checkout Started": 3,
       "Order Completed": 4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Audience:
    """What was made: the browser's write key, and the segments."""

    key: str
    cart: int  # the segment the campaign is for
    large: tuple[int, ...]  # drafts that nearly half of all people fulfil, one for each comparison


def visitor(profile_id: int) -> str:
    """The cookie id of a made profile, in no order, like real ones."""
    return f"{anything(profile_id, 11, 1_000_000_000)}-{profile_id}"


def event_type(number: int) -> str:
    """The event of a number from 0 to 99, by the mix."""
    for name, share in MIX.items():
        number -= share
        if number < 0:
            return name
    raise ValueError("the mix does not add up to 100")


def gather(profiles: int, events: int) -> Audience:
    """Fill the engage database; needs `set_up()` before."""
    from kundenkreis.engage.segments.commands import consume_events
    from kundenkreis.engage.tracking.commands import create_source
    from kundenkreis.kernel.access import system

    began, actor = time.monotonic(), system("bench")
    source, key = create_source(
        actor=actor, name="Bench", kind="browser", namespace=SHOP, purpose="web_analytics",
        origins=["http://shop.bench"],
    )  # fmt: skip
    make = Maker("engage", int(time.time()))
    with make.quickly():
        _fill_people(make, profiles)
        _fill_log(make, source.pk, profiles, events)
    consume_events()  # without segments: what is in the log already is not followed
    say(f"{profiles} profiles, {events} events: {time.monotonic() - began:.0f} s")
    return _audience(actor, key)


def _fill_people(make: Maker, profiles: int) -> None:
    from kundenkreis.engage.consent.models import ConsentState
    from kundenkreis.engage.profiles.models import Identifier, Profile

    cookie = f"{make.any(11, 1_000_000_000)} || '-' || i"
    long_ago = make.instant(str(DAYS * DAY))
    make.fill(Profile, profiles, last_seen_at=make.instant(make.any(2, 6 * HOUR)))
    make.fill(
        Identifier, profiles, profile_id="i", namespace=f"'{SHOP}'", kind="'anonymous'",
        value=cookie, first_seen_at=long_ago,
    )  # fmt: skip
    make.fill(
        ConsentState, profiles, namespace=f"'{SHOP}'", subject_kind="'anonymous'", subject=cookie,
        channel="'web'", purpose="'web_analytics'", granted="TRUE", since=long_ago,
    )  # fmt: skip


def _fill_log(make: Maker, source: int, profiles: int, events: int) -> None:
    """Events in the order of their instants; message ids of the last seven days."""
    from kundenkreis.engage.tracking.models import Event, SeenMessage

    drawn = make.any(4, 100)
    # One letter per percent, so that the number is drawn once per row.
    letters = "".join(chr(65 + place) * share for place, share in enumerate(MIX.values()))
    names = " ".join(f"WHEN '{chr(65 + place)}' THEN '{name}'" for place, name in enumerate(MIX))
    kind = f"CASE substr('{letters}', CAST({drawn} AS integer) + 1, 1) {names} END"
    at = make.instant(f"CAST(({events} - i) * {DAYS * DAY}.0 / {events} AS integer)")
    cart = f"{drawn} BETWEEN 85 AND 95"
    make.fill(
        Event, events, source_id=str(source), message_id="'old-' || i", type=kind,
        profile_id=f"1 + {make.any(3, profiles)}", occurred_at=at, received_at=at,
        key=f"CASE WHEN {cart} THEN 'cart-' || {make.any(3, profiles)} ELSE '' END",
        value_minor=make.any(5, 20_000), currency="'EUR'",
        properties=make.json("""'{"product_id": "p' || (i % 500) || '", "quantity": 1}'"""), v="1",
    )  # fmt: skip
    kept = events * 7 // DAYS
    make.fill(
        SeenMessage, kept, source_id=str(source), message_id=f"'old-' || ({events - kept} + i)",
        at=make.instant(f"CAST(({kept} - i) * {7 * DAY}.0 / {max(kept, 1)} AS integer)"),
    )  # fmt: skip


def _audience(actor: Any, key: str) -> Audience:
    """Active segments for every kind of event, one large draft, and a running campaign."""
    from kundenkreis.engage.campaigns.commands import create_campaign, start_campaign
    from kundenkreis.engage.segments import commands, templates
    from kundenkreis.engage.segments.definitions import definition_of
    from kundenkreis.engage.segments.nodes.counting import Performed
    from kundenkreis.engage.segments.nodes.selecting import Selector

    def segment(name: str, tree: Any, activate: bool) -> int:
        made = commands.create_segment(
            actor=actor, name={"en": name}, definition=definition_of(tree), activate=activate
        )
        if activate:
            commands.refresh_segment(made.pk)
        return made.pk

    began = time.monotonic()
    hours, days = templates.hours, templates.days
    cart = segment("Cart", templates.ABANDONED_CART.tree, True)
    segment("Regulars", templates.LAPSED_REGULARS.tree, True)
    segment("Curious", Performed(Selector("Page Viewed", hours(2)), "gte", 3), True)
    segment("Interested", Performed(Selector("Product Viewed", hours(2)), "gte", 2), True)
    views = Performed(Selector("Product Viewed", days(7)))
    large = tuple(segment(f"Large {number}", views, False) for number in (1, 2))
    offer = {"title": {"en": "20 % off"}, "text": {"en": "Today"}, "button": {"en": "Go"}}
    campaign = create_campaign(actor=actor, name="Bench", segment_id=cart, offer=offer)
    start_campaign(actor=actor, campaign_id=campaign.pk)
    say(f"segments brought up to date: {time.monotonic() - began:.0f} s")
    return Audience(key, cart, large)
