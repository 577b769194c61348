"""A small company in which every field of every record holds a word that is nowhere else.

Six records of each type, from one's own to one that belongs to strangers, tied to each other
crosswise, so that records one may read name records one may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

from django.conf import settings

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import Affiliation, ContactDetail, TimelineEntry
from kundenkreis.crm.sales.models import OrderLine, Product
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.definitions import definition_of
from kundenkreis.engage.segments.models import Segment
from kundenkreis.engage.segments.nodes.membership import InSegment
from kundenkreis.kernel import clock
from kundenkreis.kernel.conditions import All
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.custom import defining
from kundenkreis.records.models import SavedView
from kundenkreis.records.search import indexing
from kundenkreis.records.tests.plain.models import Loan
from tests.rights import oracle, worlds
from tests.rights.oracle import Away, Role, Row, Shared, Staff, World
from tests.rights.worlds import FIRST, STAFF, TEAMS

LOAN = "crm.loan"
worlds.MODELS |= {
    LOAN: Loan, "engage.purpose": Purpose, "engage.profile": Profile, "engage.segment": Segment,
    "engage.campaign": Campaign,
}  # fmt: skip
FIRST |= {subject: 30_000_000 + n * 100 for n, subject in enumerate(list(worlds.MODELS)[7:])}
OTTO, ABEL, FRED, TINA, THEO, CLEO, DORA, MARK, NORA, RITA, ANNA, GUST, PETE = (
    STAFF + n for n in range(13)
)
TOP, MIDDLE, LOW, OTHERS = (TEAMS + n for n in range(4))
OWN_NOTE = "custom__hobby"

HIDDEN = {
    "crm.person": dict.fromkeys(("source", "phone", OWN_NOTE), "hidden"),
    "crm.opportunity": dict.fromkeys(("value_minor", "next_step"), "hidden"),
    "crm.organisation": dict.fromkeys(("website", "revenue_minor"), "hidden"),
}
ROLES = {
    "all": Role({"*.*.*": "all"}),
    "own": Role({"crm.*.*": "own"}),
    "team": Role({"crm.*.*": "team"}, HIDDEN),
    "tree": Role({"crm.*.*": "tree"}),
    "clerk": Role({"crm.order.*": "all", "crm.opportunity.*": "all"}),
    "market": Role({"engage.*.*": "own", "insight.*.*": "all"}),
    "reader": Role({"*.*.read": "all"}),
}
# The owner and the team of the six records of each type.
PLACES = (
    (OTTO, None), (ABEL, None), (FRED, MIDDLE), (FRED, LOW), (FRED, OTHERS), (FRED, OTHERS),
)  # fmt: skip
# On the other side there are two of each.
THERE = ((MARK, None), (FRED, OTHERS))
TYPES = (*FIRST,)
STRANGE, GIVEN = 4, 5  # of strangers; shared
TEXTS: dict[str, tuple[str, ...]] = {
    "crm.organisation": ("name", "industry", "website", "source", "next_step", "country"),
    "crm.person": ("first_name", "last_name", "source", "next_step", "customer_number"),
    "crm.opportunity": ("title", "source", "next_step", "lost_reason"),
    "crm.order": ("number", "voucher", "country", "source"),
    "crm.product": ("name", "sku", "series"),
    "crm.competitor": ("name", "strengths", "weaknesses"),
    "crm.activity": ("text",),
    LOAN: ("name", "notes"),
    "engage.purpose": ("label", "text"),
    "engage.profile": (),
    "engage.segment": ("name",),
    "engage.campaign": ("name",),
}
AMOUNTS = {
    "crm.organisation": "revenue_minor",
    "crm.opportunity": "value_minor",
    "crm.order": "net_minor",
    LOAN: "deposit_minor",
}

Need = tuple[str, int, str]  # a type, a record, and a field of it or ""


@dataclass
class Company:
    """The world, and what somebody must know to be told each of the words."""

    world: World
    words: dict[str, tuple[Need, ...]] = field(default_factory=dict)
    personal: dict[str, int] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    _number: int = 0

    def word(self, *needs: Need) -> str:
        """A new word that only whoever may know all of this may be told."""
        self._number += 1
        digits, letters = self._number, ""
        for _ in range(3):
            digits, at = divmod(digits, 15)
            letters += "bcdfghjklmnprtw"[at]
        self.words[f"qzx{letters}"] = needs
        return f"qzx{letters}"

    def amount(self, need: Need) -> int:
        self._number += 1
        whole = 41_000_000 + self._number * 1_037
        self.words[str(whole)] = (need,)
        return whole * 100

    def allowed(self, pk: int) -> set[str]:
        """The words that somebody may be told, says the oracle."""
        world = self.world
        read = {subject: oracle.readable(world, pk, subject) for subject in world.rows}
        return {
            word
            for word, needs in self.words.items()
            if all(
                row in read[subject] and (not name or oracle.knows(world, pk, subject, name))
                for subject, row, name in needs
            )
            and self.personal.get(word, pk) == pk
        }


def pk_of(subject: str, place: int) -> int:
    return FIRST[subject] + place


def found() -> Company:
    """Write the company into the database."""
    today = clock.today(settings.COMPANY_ZONE)
    world = World(today, {TOP: None, MIDDLE: TOP, LOW: MIDDLE, OTHERS: None}, dict(ROLES))
    for pk, role, teams in (
        (OTTO, "own", ()), (ABEL, "own", ()), (FRED, "", (OTHERS,)), (TINA, "team", (MIDDLE,)),
        (THEO, "tree", (TOP,)), (CLEO, "clerk", ()), (DORA, "own", ()), (MARK, "market", ()),
        (NORA, "", ()), (RITA, "reader", ()), (ANNA, "all", ()), (GUST, "all", ()),
    ):  # fmt: skip
        world.staff[pk] = Staff(pk, set(teams), [role] if role else [])
    world.staff[PETE] = Staff(PETE, {MIDDLE}, ["team", "own"])  # one of them hides nothing
    world.staff[GUST].until = today - timedelta(days=1)
    world.away = [
        Away(ABEL, DORA, today - timedelta(days=1), today + timedelta(days=1)),
        Away(FRED, DORA, today - timedelta(days=9), today - timedelta(days=2)),
    ]
    company = Company(world)
    for subject in TYPES:
        world.rows[subject] = {row.pk: row for row in _rows(company, subject)}
        if subject.startswith("engage."):
            continue
        world.shares += [
            Shared(subject, pk_of(subject, GIVEN), "read", user=OTTO),
            Shared(subject, pk_of(subject, GIVEN), "change", team=TOP),
            Shared(
                subject, pk_of(subject, STRANGE), "change", user=OTTO, until=today - timedelta(1)
            ),
        ]
    field_of_own = defining.create_field(
        actor=SYSTEM, kind=named("person"), type="text", label={"en": "Hobby"}, filterable=True
    )
    assert field_of_own.name == OWN_NOTE
    worlds.insert(world)
    _parts(company)
    _past(company)
    indexing.rebuild(Side.CRM)
    write.remove(named("loan"), SYSTEM, pk_of(LOAN, STRANGE))
    del world.rows[LOAN][pk_of(LOAN, STRANGE)]
    return company


def _rows(company: Company, subject: str) -> Iterator[Row]:
    now, today = clock.now(), company.world.today
    for place, (owner, team) in enumerate(THERE if subject.startswith("engage.") else PLACES):
        pk = pk_of(subject, place)
        values: dict[str, Any] = {
            name: company.word((subject, pk, name)) for name in TEXTS[subject]
        }
        if subject in AMOUNTS:
            values[AMOUNTS[subject]] = company.amount((subject, pk, AMOUNTS[subject]))
        if "next_step" in values:
            values["next_step_on"] = today
        values["tags"] = [company.word((subject, pk, "tags"))]
        about: tuple[tuple[str, int], ...] = ()
        match subject:
            case "crm.organisation":
                values["website"] = f"https://{values['website']}.example"
                values["parent_id"] = pk_of(subject, place - 1) if place else None
            case "crm.person":
                values["custom"] = {"hobby": company.word((subject, pk, OWN_NOTE))}
            case "crm.opportunity":
                values |= {
                    "organisation_id": pk_of("crm.organisation", (place + 1) % 6),
                    "person_id": pk_of("crm.person", (place + 3) % 6),
                    "competitor_id": pk_of("crm.competitor", (place + 4) % 6),
                    "product_id": pk_of("crm.product", (place + 2) % 6),
                    "expected_on": today,
                }
            case "crm.order":
                other = "person" if place % 2 else "organisation"
                values |= {
                    f"{other}_id": pk_of(f"crm.{other}", (place + 2) % 6), "placed_at": now,
                    "tax_minor": 0, "gross_minor": values["net_minor"], "currency": "EUR",
                }  # fmt: skip
            case "crm.activity":
                # A note stays in the timeline of a person, whatever it is about.
                other = ("crm.opportunity", "crm.person", "crm.organisation")[place % 3]
                about = ((other, pk_of(other, (place + 2) % 6)),)
                values |= {"kind": "task", "due_on": today}
                values |= {"person_id": pk_of("crm.person", (place + 1) % 6)}
            case "engage.purpose":
                # Its words are shown to everybody on the web pages.
                company.words[values["label"]] = company.words[values["text"]] = ()
                values |= {name: {"en": values[name]} for name in TEXTS[subject]}
                values |= {"slug": f"purpose-{place}", "basis": "consent"}
            case "engage.profile":
                traits = {name: company.word((subject, pk, "")) for name in ("name", "company")}
                values |= {"traits": traits, "known": True}
            case "engage.segment":
                other = InSegment(pk_of(subject, 1)) if place == 0 else All()
                values |= {"name": {"en": values["name"]}, "definition": definition_of(other)}
                values["state"] = "active"
            case "engage.campaign":
                values |= {"segment_id": pk_of("engage.segment", place), "salt": "x"}
            case "crm.loan":
                values["firm_id"] = pk_of("crm.organisation", (place + 1) % 6)
        yield Row(subject, pk, owner, team, about, values)


def _parts(company: Company) -> None:
    """How to reach people, where they work, what happened, what was ordered, views."""
    now, dates = clock.now(), {"created_at": clock.now(), "changed_at": clock.now()}
    ways, entries, lines = [], [], []
    for holder, place in product(("person", "organisation"), range(6)):
        subject, pk = f"crm.{holder}", pk_of(f"crm.{holder}", place)
        for kind in ("email", "phone"):
            word = company.word((subject, pk, kind))
            value = f"{word}@example.org" if kind == "email" else word
            ways.append(
                ContactDetail(
                    **{f"{holder}_id": pk}, kind=kind, value=value, folded=value, is_primary=True,
                    **dates,
                )
            )  # fmt: skip
        about = pk_of("crm.opportunity", (place + 1) % 6)
        word = company.word(("crm.opportunity", about, ""))
        entries.append(
            TimelineEntry(
                **{f"{holder}_id": pk}, kind="opportunity_lost", at=now, recorded_at=now, actor="x",
                reference=f"crm.opportunity:{about}", payload={"title": word},
                key=f"{holder}{place}",
            )
        )  # fmt: skip
    works = []
    for place, further in product(range(6), (0, 2)):
        person, firm = pk_of("crm.person", place), pk_of("crm.organisation", (place + further) % 6)
        word = company.word(("crm.person", person, ""), ("crm.organisation", firm, ""))
        works.append(Affiliation(person_id=person, organisation_id=firm, function=word, **dates))
    thing = Product.objects.get(pk=pk_of("crm.product", 0))
    for place in range(6):
        order = pk_of("crm.order", place)
        word = company.word(("crm.order", order, ""))
        lines.append(
            OrderLine(order_id=order, position=1, product=thing, name=word, quantity=1,
                      unit_price=1, net_minor=1)
        )  # fmt: skip
    ContactDetail.objects.bulk_create(ways)
    Affiliation.objects.bulk_create(works)
    TimelineEntry.objects.bulk_create(entries)
    OrderLine.objects.bulk_create(lines)
    for owner in (OTTO, FRED):
        word = company.word()
        company.personal[word] = owner
        SavedView.objects.using(Side.CRM.alias).create(kind="person", name=word, owner_id=owner)


def _past(company: Company) -> None:
    """What was changed once, by somebody, and what was deleted."""
    anna = viewer_of(User.objects.get(pk=ANNA))
    for subject, name in (
        ("crm.person", "source"), ("crm.organisation", "industry"), ("crm.opportunity", "source"),
    ):  # fmt: skip
        kind = named(subject.partition(".")[2])
        for place in range(6):
            pk = pk_of(subject, place)
            new = company.word((subject, pk, name))
            write.change(kind, anna, pk, None, {name: new})
            company.batches[subject] = AuditEntry.objects.using("default").latest("id").batch
            company.world.rows[subject][pk].values[name] = new
