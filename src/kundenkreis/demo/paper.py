"""The demo company's paper, the texts its letters begin with, and a letter that went out."""

from __future__ import annotations

from kundenkreis.crm.letters.commands import finish_letter, write_letter
from kundenkreis.crm.letters.jobs import begin_printing
from kundenkreis.crm.letters.models import Letter, LetterTemplate
from kundenkreis.crm.people.models import Person
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named, write

HEAD = {
    "name": "Bergmann Optik GmbH",
    "addition": "Messgeräte für Werkstatt und Labor seit 1962",
    "street": "Carl-Zeiss-Straße 12",
    "postal_code": "07743",
    "town": "Jena",
    "phone": "03641 5550-0",
    "email": "info@bergmann-optik.example",
    "website": "bergmann-optik.example",
    "legal_form": "gmbh",
    "seat": "Jena",
    "register_court": "Amtsgericht Jena",
    "register_number": "HRB 501234",
    "managers": "Renate Bergmann, Dr. Jonas Bergmann",
    "vat_id": "DE136695976",
    "bank": "Sparkasse Jena-Saale-Holzland",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
}
TEMPLATES = (
    (
        "Dank für den Besuch",
        "Unser Gespräch",
        (
            "{{ salutation }},\n\nvielen Dank für das offene Gespräch. Wie besprochen, melden wir "
            "uns mit einem Angebot; bis dahin erreichen Sie mich jederzeit."
        ),
    ),
    (
        "Unterlagen",
        "Ihre Unterlagen",
        (
            "{{ salutation }},\n\nanbei erhalten Sie, worum Sie gebeten hatten:\n\n"
            "- Datenblatt\n- Preisliste\n\nBei Fragen bin ich gern für Sie da."
        ),
    ),
    (
        "Einladung zum Werkstatttag",
        "Einladung zum Werkstatttag",
        (
            "{{ salutation }},\n\nwir laden Sie herzlich zu unserem **Werkstatttag** ein. Sie "
            "können alle Geräte ausprobieren und mit unseren Entwicklern sprechen."
        ),
    ),
)


def write_some(actor: Actor, people: list[Person]) -> None:
    """The paper, three templates, and one letter to the first who may be written to."""
    head = write.create(named("letterhead"), actor, HEAD)
    for name, subject, text in TEMPLATES:
        values = {"name": name, "subject": subject, "body": text}
        sharing = {"sharing": LetterTemplate.Sharing.PUBLIC}
        write.create(named("lettertemplate"), actor, values | sharing)
    _name, subject, text = TEMPLATES[1]
    for person in people:
        job = next(iter(person.employments), None)
        letter = write_letter(
            actor=actor,
            person=person,
            organisation=job.organisation if job else None,
            letterhead=head,
            purpose=Letter.Purpose.BUSINESS,
            subject=subject,
            body=text,
        )
        try:
            begin_printing(finish_letter(actor=actor, letter_id=letter.pk))
        except DomainError:
            continue
        return
