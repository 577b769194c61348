"""Reading persons, organisations, their contact details and their timeline."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    Organisation,
    Person,
)
from kundenkreis.kernel.access import Viewer, known, may_read_all, readable, subject_of, visible


def persons(viewer: Viewer) -> QuerySet[Person]:
    """Persons the viewer may read, with where they work as far as that may be read."""
    rows = visible(viewer, Person.objects.all(), "crm.person.read")
    if may_read_all(viewer, Affiliation):
        return rows  # what a page needs is read at once when it is asked for
    roles = readable(viewer, Affiliation.objects.all()).order_by("until", "id")
    return rows.prefetch_related(Prefetch("affiliations", roles))


def organisations(viewer: Viewer) -> QuerySet[Organisation]:
    """Organisations the viewer may read."""
    return visible(viewer, Organisation.objects.all(), "crm.organisation.read")


def contact_detail(viewer: Viewer, pk: int) -> ContactDetail | None:
    """One contact detail of a person or organisation the viewer may read."""
    found = ContactDetail.objects.filter(pk=pk).first()
    if found is None:
        return None
    holder: Person | Organisation | None = (
        persons(viewer).filter(contact_details=pk).first()
        or organisations(viewer).filter(contact_details=pk).first()
    )
    known = holder is not None and viewer.sees(subject_of(type(holder)), found.kind)
    return found if known else None


def affiliation(viewer: Viewer, pk: int) -> Affiliation | None:
    """One affiliation of a person and an organisation that the viewer may both read."""
    people = visible(viewer, Person.objects.all(), "crm.person.read")
    return readable(viewer, Affiliation.objects.filter(pk=pk, person__in=people)).first()


def contacts_of(viewer: Viewer, organisation: Organisation, limit: int = 20) -> list[Affiliation]:
    """The people of an organisation the viewer may read, current ones first."""
    people = visible(viewer, Person.objects.all(), "crm.person.read")
    rows = known(viewer, organisation.affiliations.filter(person__in=people))
    if not viewer.hidden:  # else their persons come without what is hidden, one query later
        rows = rows.select_related("person")
    return list(rows.order_by("until", "id")[:limit])


def consents_of(person: Person) -> list[ContactPermission]:
    """What the person allowed or refused, as the crm knows it; the newest statement of each
    purpose and channel."""
    mine = Q(link_id=person.link_id) if person.link_id else Q(pk__in=[])
    folded = [detail.folded for detail in person.details]
    rows = ContactPermission.objects.filter(mine | Q(subject__in=folded))
    newest: dict[tuple[str, str], ContactPermission] = {}
    for row in rows.order_by("-since", "granted")[:200]:
        newest.setdefault((row.purpose, row.channel), row)
    return sorted(newest.values(), key=lambda row: (row.purpose, row.channel))
