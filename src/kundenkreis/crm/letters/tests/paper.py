"""A company's paper and people to write to."""

from __future__ import annotations

from typing import Any

from kundenkreis.crm.letters.commands import write_letter
from kundenkreis.crm.letters.models import Letter, Letterhead
from kundenkreis.crm.people import commands as people
from kundenkreis.crm.people import contact_commands
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.testing import ANNA
from kundenkreis.records import named, write

HEAD = {
    "name": "Bergmann Optik GmbH",
    "street": "Carl-Zeiss-Straße 12",
    "postal_code": "07743",
    "town": "Jena",
    "phone": "03641 5550",
    "legal_form": "gmbh",
    "seat": "Jena",
    "register_court": "Amtsgericht Jena",
    "register_number": "HRB 501234",
    "managers": "Renate Bergmann",
    "iban": "DE02120300000000202051",
}
PLACE = {"street": "Goethestraße 5", "postal_code": "07743", "town": "Weimar", "country": "DE"}


def paper(**changed: Any) -> Letterhead:
    head: Letterhead = write.create(named("letterhead"), ANNA, {**HEAD, **changed})
    return head


def reach(holder: Person | Organisation, **parts: str) -> None:
    values: dict[str, Any] = {**PLACE, **parts}
    contact_commands.add_contact_detail(
        actor=ANNA, holder=holder, kind="postal", value="", **values
    )


def jana(*, place: bool = True, **values: Any) -> Person:
    """Frau Dr. Jana Weiß, a customer in Weimar."""
    given = {
        "salutation": "Frau",
        "title": "Dr.",
        "first_name": "Jana",
        "last_name": "Weiß",
        "legal_basis": "contract",
        "language": "de",
        **values,
    }
    person = people.create_person(actor=ANNA, **given)
    if place:
        reach(person)
    return Person.objects.get(pk=person.pk)


def works(**values: Any) -> Organisation:
    """A company with an address of its own."""
    firm = people.create_organisation(actor=ANNA, name="Muster & Söhne KG", **values)
    reach(firm, street="Industriering 7", postal_code="73433", town="Aalen")
    return firm


def draft(actor: Actor = ANNA, **values: Any) -> Letter:
    """A draft to Jana, unless another recipient is named."""
    given: dict[str, Any] = {
        "subject": "Ihre Anfrage",
        "body": "{{ salutation }},\n\nvielen Dank für Ihre Anfrage.",
        "purpose": Letter.Purpose.BUSINESS,
        **values,
    }
    if "person" not in given and "organisation" not in given:
        given["person"] = jana()
    given.setdefault("letterhead", None)
    given["letterhead"] = given["letterhead"] or Letterhead.objects.first() or paper()
    return write_letter(actor=actor, **given)
