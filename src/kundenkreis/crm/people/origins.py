"""How somebody's data came in: from themselves, from publicly accessible sources, or from others.

GDPR Art. 13 is about the first, Art. 14 about the others, and its para. 2(f) asks which of the two it
was. Where nobody said it, source and legal basis propose it.
"""

from __future__ import annotations

import re

from kundenkreis.crm.people.models import Person

Origin = Person.Origin
# Who agrees or makes a contract says it themselves; so does whoever fills in a form.
_THEMSELVES = frozenset({Person.LegalBasis.CONSENT, Person.LegalBasis.CONTRACT})
_SAID = re.compile(
    r"form|shop|bestell|order|web|newsletter|anmeld|regist|gespr|telefon|phone|anruf|call|messe|fair"
    r"|visitenkarte|business card|e-?mail|chat",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"handelsregister|commercial register|companies house|unternehmensregister|impressum|imprint"
    r"|linkedin|xing|telefonbuch|phone ?book|branchenbuch|gelbe seiten|yellow pages|öffentlich"
    r"|\bpublic|presse|press\b",
    re.IGNORECASE,
)


def proposed(source: str, legal_basis: str) -> str:
    """What source and legal basis say of how data came in."""
    if legal_basis in _THEMSELVES:
        return Origin.SELF
    if _PUBLIC.search(source):
        return Origin.PUBLIC
    return Origin.SELF if _SAID.search(source) else Origin.OTHER


def origin_of(person: Person) -> str:
    """How a person's data came in: what was said of it, else what is proposed."""
    return person.origin or proposed(person.source, person.legal_basis)
