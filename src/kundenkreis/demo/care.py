"""What the demo company knows of its customers beyond deals: where they are, who stands how to whom,
and who looks after them."""

from __future__ import annotations

from itertools import count
from typing import Any

from kundenkreis.crm.people import contact_commands, queries, relation_commands
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.access import Actor
from kundenkreis.records import named, write

Firms = dict[str, tuple[Organisation, list[Person]]]

# Where the firms are: street, postal code, town, country. Of one nobody has asked yet.
PLACES = {
    "Hafner & Söhne KG": ("Otto-Schott-Straße 13", "07745", "Jena", "DE"),
    "Stadtwerke Ilmtal": ("Bahnhofstraße 4", "98693", "Ilmenau", "DE"),
    "Nordlicht Pflege gGmbH": ("Norderstraße 112", "24939", "Flensburg", "DE"),
    "Käserei Allgäu eG": ("Industriering 7", "87435", "Kempten", "DE"),
    "Moser Handel GmbH": ("Am Stadtgraben 2", "8010", "Graz", "AT"),
    "Werft Rügen AG": ("Werftstraße 21", "18546", "Sassnitz", "DE"),
    "Institut Lenz": ("Hospitalstraße 9", "37073", "Göttingen", "DE"),
    "Rheintal Logistik": ("Seestraße 3", "6900", "Bregenz", "AT"),
    "Bäckerei Thoma": ("Lindenweg 2", "79098", "Freiburg im Breisgau", "DE"),
    "Solarwerk Jena GmbH": ("Sonnenweg 8", "07745", "Jena", "DE"),
    "Messtechnik Zürich AG": ("Limmatweg 5", "8005", "Zürich", "CH"),
}
PHONE = "030 23125"  # numbers that belong to nobody (Bundesnetzagentur, for film and radio)
ROLES = ("decider", "user", "influencer", "buyer")


def care_for(actor: Actor, firms: Firms) -> None:
    """Addresses, a portfolio, roles in purchases, a relation and what is known of two people."""
    portfolio = _made("portfolio", actor, name="Stammkunden Mitte", visit_days=60)
    extensions = count(10)
    for name, parts in PLACES.items():
        firm, people = firms[name]
        place = dict(zip(("street", "postal_code", "town", "country"), parts, strict=True))
        _reach(actor, firm, "postal", source="Handelsregister", **place)
        write.change(named("organisation"), actor, firm.pk, None, {"portfolio": portfolio})
        for person, role in zip(people, ROLES, strict=False):
            _reach(actor, person, "phone", f"{PHONE} {next(extensions):03}", source="Visitenkarte")
            _reach(actor, person, "postal", label="Büro", source="Visitenkarte", **place)
            affiliation = person.affiliations.get()
            contact_commands.change_affiliation(
                actor=actor, affiliation_id=affiliation.pk, buying_role=role
            )
    everybody = [person for _firm, people in firms.values() for person in people]
    one, other = everybody[0], everybody[-1]
    kinds = queries.relation_kinds(actor)
    relation_commands.add_relation(
        actor=actor,
        person=one,
        kind=kinds.get(slug="recommended"),
        other=other,
        note="auf der Control 2026",
    )
    (supplier, _people), (buyer, _others) = list(firms.values())[:2]
    relation_commands.add_relation(
        actor=actor, organisation=supplier, kind=kinds.get(slug="supplies"),
        other_organisation=buyer,
        source="Gespräch auf der Control",
    )  # fmt: skip
    for person, kind, text, origin in (
        (one, "preference", "Beratung lieber vor Ort als am Telefon", "stated"),
        (one, "concern", "Lieferzeit der Ersatzteile", "stated"),
        (other, "preference", "Kauft am Quartalsende", "derived"),
    ):
        _made(
            "characteristic", actor, person=person, kind=kind, text=text, origin=origin,
            source="Gespräch" if origin == "stated" else "Bestellungen", legal_basis="interest",
        )  # fmt: skip


def number_customers(actor: Actor) -> None:
    """Who becomes a customer gets a number by itself; only an administrator says which."""
    _made(
        "numberrange", actor, of="person", prefix="K-", digits=5, next_number=10_201, automatic=True
    )


def _reach(
    actor: Actor, holder: Organisation | Person, kind: str, value: str = "", **more: str
) -> None:
    contact_commands.add_contact_detail(actor=actor, holder=holder, kind=kind, value=value, **more)


def _made(type_: str, actor: Actor, **values: Any) -> Any:
    return write.create(named(type_), actor, values)
