"""Whom a letter goes to: the lines of the address window, and whether it may go there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.letters.models import Letter
from kundenkreis.crm.people.contacting import ADVERTISING, Known, Light, known_of, light_of
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.crm.people.names import letter_salutation
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import readable, subject_of
from kundenkreis.kernel.countries import HOME, country_at_home

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer

Whom = tuple[Person | None, Organisation | None]

POST = "post"
MOST_LINES = 6  # of the address zone, DIN 5008
LINE_WIDTH = 40  # letters that fit into one of them
WORK_FIRST = "work"
# In the address window "Herr" stands in the accusative.
_BEFORE_NAMES = {"herr": "Herrn", "frau": "Frau", "mr": "Mr", "ms": "Ms", "mrs": "Mrs"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a letter, and where. `refused` says why there is none to be sent; empty if one may."""

    person: Person | None
    organisation: Organisation | None
    address: tuple[str, ...] = ()
    refused: StrOrPromise = ""
    next_step: StrOrPromise = ""

    @property
    def language(self) -> str:
        return (self.person.language if self.person else "") or "de"

    @property
    def salutation(self) -> str:
        if self.person is not None:
            return letter_salutation(self.person, self.language)
        german = self.language == "de"
        return "Sehr geehrte Damen und Herren" if german else "Dear Sir or Madam"


def recipient_of(letter: Letter) -> Recipient:
    """The recipient of one letter."""
    return recipients([(letter.person, letter.organisation)], letter.purpose)[0]


def whom_of(viewer: Viewer, records: Sequence[Any], where: str) -> list[Whom]:
    """To whom each record's letter goes: a person at home, or at work where they have no address of
    their own or it is to be so; at a work of which the viewer may know."""
    people = [one for one in records if isinstance(one, Person)]
    if not people:
        return [(None, one) for one in records]
    pks = [one.pk for one in people]
    jobs = _jobs(viewer, pks)
    details = ContactDetail.objects.filter(person__in=pks, kind=ContactDetail.Kind.POSTAL)
    at_home = set(details.values_list("person", flat=True))
    own_first = where != WORK_FIRST
    return [(one, None if own_first and one.pk in at_home else jobs.get(one.pk)) for one in people]


def _jobs(viewer: Viewer, pks: Sequence[int]) -> dict[int, Organisation]:
    """Where people work first of all, by their keys."""
    found: dict[int, Organisation] = {}
    if viewer.sees(subject_of(Person), "affiliations"):
        roles = Affiliation.objects.filter(person__in=pks, until__isnull=True)
        for role in readable(viewer, roles).order_by("id"):
            found.setdefault(role.person_id, role.organisation)
    return found


BUSINESS, NOTICE = str(Letter.Purpose.BUSINESS), str(Letter.Purpose.NOTICE)


def recipients(whom: Sequence[Whom], purpose: str) -> list[Recipient]:
    """The recipients of letters, in order; read at once for all of them."""
    # What the law wants told goes out as what concerns a contract does.
    purpose = BUSINESS if purpose == NOTICE else purpose
    people = [person for person, _firm in whom if person is not None]
    known = known_of(people)
    firms = _postal_of({firm.pk for _person, firm in whom if firm is not None})
    return [_recipient(person, firm, purpose, known, firms) for person, firm in whom]


def _postal_of(pks: Iterable[int]) -> dict[int, list[ContactDetail]]:
    found: dict[int, list[ContactDetail]] = {pk: [] for pk in pks}
    rows = ContactDetail.objects.filter(organisation__in=found, kind=ContactDetail.Kind.POSTAL)
    for row in rows.order_by("-is_primary", "id"):
        found[row.organisation_id or 0].append(row)
    return found


def _recipient(
    person: Person | None,
    firm: Organisation | None,
    purpose: str,
    known: Mapping[int, Known],
    firms: Mapping[int, list[ContactDetail]],
) -> Recipient:
    about = known[person.pk] if person is not None else None
    ways = firms[firm.pk] if firm is not None else about.details if about else ()
    if person is not None and about is not None:
        # At the address of where they work, whatever else there is of theirs.
        light = light_of(person, POST, purpose, replace(about, details=ways))
        if not light.allowed:
            advice = _advice(person, light, purpose)
            return Recipient(person, firm, refused=light.why, next_step=advice)
    today = clock.today(settings.COMPANY_ZONE)
    usable = [one for one in ways if one.kind == ContactDetail.Kind.POSTAL and one.is_usable(today)]
    where = next(iter(usable), None)
    if where is None:
        return Recipient(
            person, firm, refused=_("There is no usable postal address."), next_step=_ADDRESS
        )
    if not where.town and "," not in where.value:
        return Recipient(
            person, firm, refused=_("The postal address has no town."), next_step=_ADDRESS
        )
    return Recipient(person, firm, in_window(list(_lines(person, firm, where))))


_ADDRESS = _("Enter a postal address on their page, or choose whom else to write to.")


def _advice(person: Person, light: Light, purpose: str) -> StrOrPromise:
    if person.ended == Person.Ended.DECEASED:
        return _("Take them off the list; who settles their matters is a person of their own.")
    if light.proof == "record" and not light.since:
        return _("Complete their page: a usable postal address, and what allows us to keep it.")
    if purpose == ADVERTISING:
        return _("Take them off the list. What concerns a contract may be written as business.")
    return _("Ask them on another way, or note a newer consent if they gave one.")


def in_window(lines: list[str]) -> tuple[str, ...]:
    """The lines as they fit into the window: long ones broken while there is room; too many drawn
    together, never at the cost of the last ones with street and town."""
    if surplus := max(0, len(lines) - MOST_LINES):
        return (lines[0], ", ".join(lines[1 : surplus + 2]), *lines[surplus + 2 :])
    found: list[str] = []
    for at, line in enumerate(lines):
        free = MOST_LINES - len(found) - (len(lines) - at)
        parts = wrap(line, LINE_WIDTH, break_long_words=False)
        found += parts if len(parts) <= free + 1 else [" ".join(parts)]
    return tuple(found)


def _lines(person: Person | None, firm: Organisation | None, where: ContactDetail) -> Iterable[str]:
    """The address zone of DIN 5008: who, at which company, street, place; abroad the country in
    capitals in the language of the sender's country."""
    if firm is not None:
        yield firm.name
    if person is not None:
        word = person.salutation.strip().rstrip(".")
        before = _BEFORE_NAMES.get(word.casefold(), "")
        yield " ".join(part for part in (before, str(person)) if part)
    if not where.town:
        yield from (part.strip() for part in where.value.split(",") if part.strip())
        return
    if where.street:
        yield where.street
    yield f"{where.postal_code} {where.town}".strip()
    if where.country not in ("", HOME):
        yield country_at_home(where.country).upper()
