"""Founding the demo company: Bergmann Optik with staff, customers, deals, and a running campaign.

Everything goes through the same commands as in a real installation, seeded by fixed data, so that
every founding gives the same company.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from kundenkreis.config import env
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import user_named, viewer_of
from kundenkreis.crm.accounts.undertaking_commands import ship_undertaking, undertake
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales import commands as sales
from kundenkreis.crm.sales.order_commands import place_orders
from kundenkreis.crm.sales.order_values import NewLine, NewOrder
from kundenkreis.crm.sales.queries import stages_of
from kundenkreis.crm.sales.scores import refresh_scores
from kundenkreis.crm.work.commands import add_activity
from kundenkreis.demo.care import care_for, number_customers
from kundenkreis.demo.cast import ACTIVITIES, DEALS, FIRMS, Firm
from kundenkreis.demo.launch import LOGINS, PASSWORD, VOUCHER, keys_file
from kundenkreis.demo.paper import write_some
from kundenkreis.demo.shop.catalogue import PRODUCTS
from kundenkreis.demo.twins import enter_twice
from kundenkreis.engage.campaigns import commands as campaigns
from kundenkreis.engage.segments import commands as segments
from kundenkreis.engage.segments.templates import ABANDONED_CART
from kundenkreis.engage.tracking import commands as tracking
from kundenkreis.engage.tracking.models import Source
from kundenkreis.engage.tracking.queries import sources
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.money import to_minor
from kundenkreis.kernel.text import without_umlauts

ROLES = ("administrator", "sales", "marketing")
NAMESPACE = "shop"
TAX = Decimal("0.19")
SEED = 1962
COUNTRIES = {"Graz": "Österreich", "Bregenz": "Österreich", "Zürich": "Schweiz"}
SHOP_ADDRESS = "https://bergmann-optik.example"

OFFER = {
    "title": {"de": "20 % auf Ihren Warenkorb", "en": "20 % off your cart"},
    "text": {
        "de": "Schön, dass Sie sich für unsere Messgeräte interessieren. Bestellen Sie heute und "
        "sparen Sie 20 % auf alles, was in Ihrem Warenkorb liegt.",
        "en": "We are glad you like our instruments. Order today and save 20 % on everything in "
        "your cart.",
    },
    "button": {"de": "Zum Warenkorb", "en": "Go to the cart"},
    "url": "/warenkorb",
    "voucher": VOUCHER,
    "legal": {
        "de": "Diese Aktion wird Ihnen aufgrund Ihres Besuchs angezeigt (personalisierter Preis).",
        "en": "This offer is shown to you because of your visit (personalised price).",
    },
}


def is_founded() -> bool:
    return user_named(LOGINS[0][0]) is not None and Path(keys_file()).exists()


def found_company() -> None:
    """Make everything; several commands, each in its own transaction."""
    actor = system("demo")
    staff = _hire(actor)
    anna, ben = viewer_of(staff[0], "demo"), viewer_of(staff[1], "demo")
    number_customers(anna)
    firms = {firm.name: _customer(ben, firm) for firm in FIRMS}
    _sell(anna, firms)
    refresh_scores()
    _deal({"anna": anna, "ben": ben}, firms)
    _work(ben, firms)
    care_for(ben, firms)
    write_some(anna, [person for _firm, team in firms.values() for person in team])
    enter_twice(anna, firms)
    _open_the_shop(anna)
    _launch_campaign(anna)


def _hire(actor: Actor) -> list[User]:
    team = accounts.create_team(actor=actor, name="Jena")
    staff = []
    for (email, words), role in zip(LOGINS, ROLES, strict=True):
        staff.append(
            accounts.create_user(
                actor=actor, email=email, name=words.split(":")[0], password=PASSWORD,
                roles=[role], teams=[team],
            )
        )  # fmt: skip
    ship_undertaking(actor=actor)
    for one in staff:
        undertake(actor=viewer_of(one), version=1)
    return staff


def _customer(actor: Actor, firm: Firm) -> tuple[Organisation, list[Person]]:
    organisation = people.create_organisation(
        actor=actor, name=firm.name, industry=firm.industry, employees=firm.employees,
        website=firm.website, country=COUNTRIES.get(firm.town, "Deutschland"), source="Bestand",
    )  # fmt: skip
    domain = firm.website.removeprefix("https://")
    contacts = [
        people.create_person(
            actor=actor, salutation=salutation, title="Dr." if first.startswith("Dr. ") else "",
            first_name=first.removeprefix("Dr. "), last_name=last, organisation=organisation,
            function=function, email=f"{_ascii(last)}@{domain}", source="Bestand",
            legal_basis="contract", language="de", is_customer=True,
        )
        for salutation, first, last, function in firm.contacts
    ]  # fmt: skip
    return organisation, contacts


def _sell(actor: Actor, firms: dict[str, tuple[Organisation, list[Person]]]) -> None:
    """A year of orders, so that figures and charts have something to say."""
    dice, orders = random.Random(SEED), []  # noqa: S311 - made-up history, not a secret
    start = clock.now() - timedelta(days=350)
    for number in range(90):
        placed = start + timedelta(days=number * 3.8, hours=dice.randrange(9))
        person = dice.choice(firms[dice.choice(list(firms))][1])
        orders.append(_order(f"BO-{4000 + number}", placed, person, dice))
    place_orders(actor=actor, orders=orders)


def _order(number: str, placed: datetime, person: Person, dice: random.Random) -> NewOrder:
    lines = tuple(
        NewLine(
            sku=product.sku, name=str(product), quantity=Decimal(quantity), unit_price=product.net,
            net_minor=to_minor(product.net * quantity, "EUR"), tax_rate=TAX * 100,
        )
        for product in dice.sample(PRODUCTS, dice.randint(1, 3))
        for quantity in [dice.choice([1, 1, 1, 2, 4])]
    )  # fmt: skip
    net = sum(line.net_minor for line in lines)
    tax = to_minor(Decimal(net).scaleb(-2) * TAX, "EUR")
    return NewOrder(
        source="erp", number=number, placed_at=placed, net_minor=net, tax_minor=tax,
        gross_minor=net + tax, currency="EUR", lines=lines, person_id=person.pk,
        country="Deutschland",
    )  # fmt: skip


def _deal(staff: dict[str, Actor], firms: dict[str, tuple[Organisation, list[Person]]]) -> None:
    """Whoever looks at the demo, as a sales rep or as Anna, finds work of their own at home."""
    pipeline = sales.ship_pipeline(actor=system("demo"))
    stages = {stage.slug: stage.pk for stage in stages_of(pipeline.pk)}
    for deal in DEALS:
        actor, (organisation, contacts) = staff[deal.owner], firms[deal.firm]
        expected, due = _in(deal.closes_in), _in(deal.step_in) if deal.step else None
        with clock.freeze(clock.now() - timedelta(days=deal.age)):
            made = sales.create_opportunity(
                actor=actor, title=deal.title, organisation=organisation, person=contacts[0],
                value_minor=deal.value * 100, currency="EUR", source=deal.source,
                expected_on=expected, next_step=deal.step, next_step_on=due,
            )  # fmt: skip
        if deal.stage == "new":
            continue
        reason = "Preis" if deal.stage == "lost" else ""
        moved = -deal.closes_in if deal.closes_in < 0 else deal.age // 2
        with clock.freeze(clock.now() - timedelta(days=moved)):
            sales.move_opportunity(
                actor=actor, opportunity_id=made.pk, stage_id=stages[deal.stage], lost_reason=reason
            )


def _work(actor: Actor, firms: dict[str, tuple[Organisation, list[Person]]]) -> None:
    """What was said lately, and what is to be done."""
    for one in ACTIVITIES:
        organisation, contacts = firms[one.firm]
        add_activity(
            actor=actor, kind=one.kind, about=contacts[0], organisation=organisation,
            text=one.text, minutes=one.minutes, due_on=_in(one.days),
            at=clock.now() + timedelta(days=one.days),
        )  # fmt: skip


def _open_the_shop(actor: Actor) -> None:
    """The shop's two keys, kept in the shop's own folder like on a real shop's server."""
    keys = {}
    for kind, name, purpose in (
        (Source.Kind.BROWSER, "Bergmann Optik, Website", "web_analytics"),
        (Source.Kind.SERVER, "Bergmann Optik, Shopserver", "orders"),
    ):
        origins = [SHOP_ADDRESS] if kind is Source.Kind.BROWSER else []
        _source, keys[str(kind)] = tracking.create_source(
            actor=actor, name=name, kind=kind, namespace=NAMESPACE, purpose=purpose,
            origins=origins,
        )  # fmt: skip
    path = Path(keys_file())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(keys))
    path.chmod(0o600)


def admit_shop(origin: str) -> None:
    """Let the shop's pages report from this address; the demo may move to another port."""
    actor = system("demo")
    for source in sources(actor):
        if source.kind == Source.Kind.BROWSER and origin not in source.origins:
            tracking.change_source(actor=actor, source_id=source.pk, origins=[origin])


def _launch_campaign(actor: Actor) -> None:
    """The template segment and the 20 % offer for it, half of the visitors as control group."""
    segment = segments.create_segment(
        actor=actor, name=ABANDONED_CART.names, definition=ABANDONED_CART.definition
    )
    segments.activate_segment(actor=actor, segment_id=segment.pk)
    campaign = campaigns.create_campaign(
        actor=actor, name="20 % auf den Warenkorb", segment_id=segment.pk, offer=OFFER
    )
    campaigns.start_campaign(actor=actor, campaign_id=campaign.pk)


def _in(days: int) -> date:
    return clock.today(env.text("ZONE", "Europe/Berlin")) + timedelta(days=days)


def _ascii(name: str) -> str:
    return without_umlauts(name).replace(" ", ".")
