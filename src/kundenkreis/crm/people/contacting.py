""" "Darf ich?": whether the company may advertise to a person on a channel, and why (not).

The one answer that pages, lists, letters and calls ask for. It knows what crossed from the consent
ledger and what people told staff, may only be stricter than that, and says no when it knows nothing.

Rules: GDPR Art. 21(2) (an objection ends it), UWG § 7(2) (e-mail and messages need a consent, calls
need one, or a presumed one where a business is called about its business), GDPR Art. 6(1)(f) with
recital 47 (letters to people with whom one has to do).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.links import links_of
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    Organisation,
    Person,
)
from kundenkreis.crm.people.restricting import look_up, restriction_of
from kundenkreis.kernel import clock
from kundenkreis.kernel.record import prefetched

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ADVERTISING = "marketing"  # the purpose that is asked for
# Channels in their order, with the kind of contact detail that each needs.
NEEDS = {"email": "email", "phone": "phone", "post": "postal", "social": "handle"}
WORDS: dict[str, StrOrPromise] = {
    "email": _("E-mail"), "phone": _("Phone"), "post": _("Letter"), "social": _("Message"),
}  # fmt: skip
# How the ledger came by what somebody said.
ORIGINS: dict[str, StrOrPromise] = {
    "web": _("Website"), "double_opt_in": _("Double opt-in"),
    "profile_centre": _("Profile centre"), "staff": _("Staff"), "import": _("Import"),
    "link": _("Staff"),
}  # fmt: skip
TOLD = ("staff", "link")  # what staff heard, also where it came back from the ledger
ICONS = {"email": "mail", "phone": "phone", "post": "map-pin", "social": "message-square"}


@dataclass(frozen=True, slots=True)
class Light:
    """Green or red for one person and channel, and why; `since` is the day of what decides.

    `proof` says where that stands: "ledger" (the statement of consent), "staff" (told to staff, in
    the timeline), "record" (the person's own page), "" for nothing. `origin` says how the ledger
    came by it: a key of `ORIGINS`.
    """

    channel: str
    allowed: bool
    why: StrOrPromise
    since: date | datetime | None = None
    proof: str = ""
    subject: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person: how to reach them, what they said, whether they act for a firm."""

    details: Sequence[ContactDetail]
    said: Sequence[ContactPermission]
    at_work: bool

    @property
    def statements(self) -> list[ContactPermission]:
        """What the person allowed or refused: the newest statement of each purpose and channel."""
        newest: dict[tuple[str, str], ContactPermission] = {}
        for one in self.said:
            newest.setdefault((one.purpose, one.channel), one)
        return [newest[key] for key in sorted(newest)]


def may_contact(person: Person, channel: str, purpose: str = ADVERTISING) -> Light:
    """The light of one person and channel: "email", "phone", "post" or "social"."""
    return light_of(person, channel, purpose, known_of([person])[person.pk])


def lights_of(people: Sequence[Person], purpose: str = ADVERTISING) -> dict[int, list[Light]]:
    """The lights of people by their number, in the order of the channels; read at once."""
    known = known_of(people)
    return {person.pk: lights(person, known[person.pk], purpose) for person in people}


def lights(person: Person, known: Known, purpose: str = ADVERTISING) -> list[Light]:
    """The lights of a person from what is known of them, in the order of the channels."""
    return [light_of(person, channel, purpose, known) for channel in NEEDS]


def known_of(people: Sequence[Person]) -> dict[int, Known]:
    """What decides about these people, in at most five questions to the database."""
    look_up(people)
    pks = [person.pk for person in people]
    details = _details(people)
    working = _working(people)
    links = links_of(people)
    addresses = _addresses(people, details)
    said: dict[int, list[ContactPermission]] = {pk: [] for pk in pks}
    rows = ContactPermission.objects.filter(Q(link_id__in=links) | Q(folded__in=addresses))
    for row in rows.order_by("-since", "granted", "id"):
        holders = {
            *addresses.get(row.folded, ()),
            *(links.get(row.link_id, ()) if row.link_id else ()),
        }
        for pk in holders & said.keys():
            said[pk].append(row)
    return {pk: Known(details[pk], said[pk], pk in working) for pk in pks}


def _details(people: Sequence[Person]) -> dict[int, list[ContactDetail]]:
    """Their contact details; where they were read with them, only those the viewer may know."""
    found = {
        one.pk: one.details
        for one in people
        if "details" in one.__dict__ or prefetched(one, "contact_details")
    }
    rest = [one.pk for one in people if one.pk not in found]
    found |= {pk: [] for pk in rest}
    for detail in ContactDetail.objects.filter(person__in=rest).order_by("-is_primary", "id"):
        found[detail.person_id or 0].append(detail)
    return found


def _addresses(
    people: Sequence[Person], details: Mapping[int, Sequence[ContactDetail]]
) -> dict[str, set[int]]:
    """Who is reached under which address; what was said under one counts also for whoever may not
    know it."""
    narrowed = [one.pk for one in people if prefetched(one, "contact_details")]
    rows = ContactDetail.objects.filter(person__in=narrowed) if narrowed else ()
    found: dict[str, set[int]] = {}
    for one in (*rows, *(one for pk in details if pk not in narrowed for one in details[pk])):
        found.setdefault(one.folded, set()).add(one.person_id or 0)
    return found


def _working(people: Sequence[Person]) -> set[int]:
    """Those who act for a company, authority or club: a household is no business."""
    today = clock.today(settings.COMPANY_ZONE)
    known = {
        one.pk: any(_is_at_work(role, today) for role in one.employments)
        for one in people
        if "employments" in one.__dict__ and not prefetched(one, "affiliations")
    }
    found = {pk for pk, works in known.items() if works}
    rest = [one.pk for one in people if one.pk not in known]
    if rest:
        roles = Affiliation.objects.filter(at_work_on(today), person__in=rest)
        found.update(roles.values_list("person", flat=True))
    return found


def at_work_on(today: date) -> Q:
    """The affiliations by which somebody acts for a company, authority or club on a day."""
    begun = Q(since__isnull=True) | Q(since__lte=today)
    lasting = Q(until__isnull=True) | Q(until__gte=today)
    return begun & lasting & ~Q(organisation__kind=Organisation.Kind.HOUSEHOLD)


def _is_at_work(role: Affiliation, today: date) -> bool:
    """The same of one that has been read."""
    begun = role.since is None or role.since <= today
    lasting = role.until is None or role.until >= today
    return begun and lasting and role.organisation.kind != Organisation.Kind.HOUSEHOLD


def light_of(person: Person, channel: str, purpose: str, known: Known) -> Light:
    """The first rule that decides, the strictest first."""
    restricted = restriction_of(person)
    if restricted is not None:
        why = _("Restricted: their data must not be used.")
        return Light(channel, False, why, restricted.since, "record")
    if person.ended == Person.Ended.DECEASED:
        return Light(channel, False, _("They have died."), person.ended_on, "record")
    today = clock.today(settings.COMPANY_ZONE)
    said = [one for one in known.said if one.channel == channel and one.purpose in (purpose, "")]
    objection = next((one for one in said if not one.granted and not _lifted(one, said)), None)
    if objection is not None:
        proof = "staff" if objection.subject_kind == "person" else "ledger"
        return Light(
            channel, False, _("They do not want it."), objection.since, proof, objection.subject,
            objection.origin,
        )  # fmt: skip
    details = [one for one in known.details if one.kind == NEEDS[channel]]
    usable = [one for one in details if one.is_usable(today)]
    if not usable:
        why = (
            _("What we have does not reach them.")
            if details
            else _("We have nothing to reach them by.")
        )
        return Light(channel, False, why, proof="record")
    consent = next((one for one in said if one.granted), None)
    if consent is not None:
        return Light(
            channel, True, _("They agreed."), consent.since, "ledger", consent.subject,
            consent.origin,
        )  # fmt: skip
    return _without_statement(person, channel, known)


def _without_statement(person: Person, channel: str, known: Known) -> Light:
    """What holds for people who have said nothing."""
    if channel == "post":
        if person.legal_basis:
            return Light(channel, True, _("Letters are allowed until they object."), proof="record")
        return Light(
            channel, False, _("It is not noted what allows us to keep their data."), proof="record"
        )
    if channel == "phone" and known.at_work:
        return Light(
            channel, True, _("A call about their business may be expected."), proof="record"
        )
    return Light(channel, False, _("They have not agreed."))


def _lifted(objection: ContactPermission, said: Sequence[ContactPermission]) -> bool:
    """Whether they agreed again after a refusal.

    Under the same name any grant of the ledger counts, which has its own rule. What was told to staff
    is said of the person, whatever their names: a later grant under another one lifts it where they
    confirmed it themselves (double opt-in, profile centre). An import never does, and whoever
    unsubscribed one address is not taken to have meant another one.
    """
    told = objection.subject_kind == "person" or objection.origin in TOLD
    return any(
        one.granted
        and (
            (one.folded == objection.folded and one.since > objection.since)
            or (told and one.confirmed_at is not None and one.confirmed_at > objection.since)
        )
        for one in said
    )
