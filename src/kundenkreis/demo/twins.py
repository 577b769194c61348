"""Who is in the demo's base twice, and who only looks so."""

from __future__ import annotations

from datetime import date

from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.doubles.commands import ask_for_run
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.demo.care import PHONE, Firms
from kundenkreis.kernel.access import Actor
from kundenkreis.records import named, write

BORN = date(1984, 3, 17)


def enter_twice(actor: Actor, firms: Firms) -> None:
    """One by a typing error, one who has moved, and a colleague of the same name who is neither;
    the whole base is compared as soon as the worker looks."""
    everybody = {str(person): (firm, person) for firm, team in firms.values() for person in team}
    _mistyped(actor, *everybody["Jana Weiß"])
    _moved(actor, *everybody["Anke Riedel"])
    _colleague(actor, *everybody["Uwe Lorenz"])
    ask_for_run(actor=actor)


def _mistyped(actor: Actor, firm: Organisation, known: Person) -> None:
    """Taken down at a fair: the name by ear, the number in another notation."""
    number = known.contact_details.get(kind="phone").value
    people.create_person(
        actor=actor, first_name="Jana", last_name="Weis", organisation=firm, phone=number,
        email="jana.weis@hafner-soehne.example", source="Messe", legal_basis="interest",
        language="de",
    )  # fmt: skip


def _moved(actor: Actor, firm: Organisation, known: Person) -> None:
    """Ordered in the shop from her old address; only the day of birth tells that it is her."""
    write.change(named("person"), actor, known.pk, None, {"birth_date": BORN})
    people.create_person(
        actor=actor, first_name="Anke", last_name="Riedel", birth_date=BORN,
        email="anke.riedel84@post.example", street="Lange Straße 40", postal_code="18055",
        town="Rostock", source="Shop", legal_basis="contract", language="de",
    )  # fmt: skip


def _colleague(actor: Actor, firm: Organisation, known: Person) -> None:
    """Another Lorenz in the same building, reached by the same mailbox."""
    place = {"street": "Bahnhofstraße 4", "postal_code": "98693", "town": "Ilmenau"}
    birgit = people.create_person(
        actor=actor, first_name="Birgit", last_name="Lorenz", organisation=firm,
        function="Kundendienst", email="birgit.lorenz@stadtwerke-ilmtal.example",
        phone=f"{PHONE} 098", source="Visitenkarte", legal_basis="interest", language="de", **place,
    )  # fmt: skip
    for person in (known, birgit):
        contact_commands.add_contact_detail(
            actor=actor, holder=person, kind="email", value="info@stadtwerke-ilmtal.example"
        )
