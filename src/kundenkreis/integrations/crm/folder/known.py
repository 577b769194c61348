"""What is in the base already, in the form of drafts: to be compared, and to say its part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import Affiliation, ContactDetail
from kundenkreis.integrations.crm.folder.drafts import ORGANISATION, PERSON, Draft, Drafts
from kundenkreis.kernel import search
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named

BASE_PART = -1
COLUMNS = {
    PERSON: (
        "salutation", "title", "first_name", "name_prefix", "last_name", "name_suffix", "birth_date",
        "profession", "language", "customer_number",
    ),
    ORGANISATION: (
        "name", "legal_form", "vat_id", "register_number", "industry", "employees", "founded", "website",
        "customer_number",
    ),
}  # fmt: skip
WHOLE = (
    50_000  # records that are all compared; of a larger base those that have something in common
)
CHUNK = 1_000


def drafts_of(kind: str, viewer: Viewer, pks: Iterable[int]) -> Iterator[tuple[int, Draft]]:
    """Records as drafts, as far as the viewer may know them; `changed` is when they last were."""
    type_, subject = named(kind), f"crm.{kind}"
    names = [name for name in COLUMNS[kind] if viewer.sees(subject, name)]
    for some in batched(pks, CHUNK, strict=False):
        found = {}
        for record in type_.rows(viewer).filter(pk__among=list(some)).order_by("pk"):
            values = {name: str(value) for name in names if (value := getattr(record, name))}
            draft = Draft(kind, BASE_PART, 0, record.pk, values)
            draft.changed = record.changed_at.date().isoformat()
            found[record.pk] = draft
        _add_ways(kind, viewer, found)
        yield from found.items()


def _add_ways(kind: str, viewer: Viewer, found: dict[int, Draft]) -> None:
    holder, subject = f"{kind}_id", f"crm.{kind}"
    details = ContactDetail.objects.filter(**{f"{kind}__pk__among": list(found)})
    for one in details.order_by("-is_primary", "pk"):
        if viewer.sees(subject, one.kind):
            parts = {"street": one.street, "postal_code": one.postal_code, "town": one.town}
            way = {"kind": one.kind, "value": one.value, "label": one.label, "use": ""}
            postal = {**parts, "country": one.country} if one.kind == "postal" else {}
            found[getattr(one, holder)].ways.append({**way, **postal})


def employers(viewer: Viewer, pks: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Where persons of the base work, for those organisations that the viewer may know."""
    seen = named(ORGANISATION).rows(viewer)
    rows = Affiliation.objects.filter(person__pk__among=list(pks), organisation__in=seen.order_by())
    found: dict[int, tuple[int, str]] = {}
    for person, firm, name in rows.order_by("pk").values_list(
        "person", "organisation", "organisation__name"
    ):
        found.setdefault(person, (firm, name))
    return found


def candidates(kind: str, viewer: Viewer, drafts: Drafts) -> list[int]:
    """The records that drafts may be: all of a small base, else those with something in common."""
    rows = named(kind).rows(viewer).order_by()
    pks = list(rows.values_list("pk", flat=True)[: WHOLE + 1])
    if len(pks) <= WHOLE:
        return sorted(pks)
    found: set[int] = set()
    some: list[Draft] = []
    for draft in drafts:
        if draft.kind == kind:
            some.append(draft)
        if len(some) == CHUNK:
            found |= _in_common(kind, some)
            some = []
    found |= _in_common(kind, some)
    return sorted(set(rows.filter(pk__among=found).values_list("pk", flat=True)))


def _in_common(kind: str, drafts: list[Draft]) -> set[int]:
    """Those with the same address, number, VAT ID or name."""
    holder = f"{kind}_id"
    ways = {
        folded_way(way["kind"], way["value"])
        for draft in drafts
        for way in draft.ways
        if way["kind"] in ("email", "phone")
    }
    details = ContactDetail.objects.filter(folded__among=ways, **{f"{holder}__isnull": False})
    found: set[int] = set(details.values_list(holder, flat=True))
    model: Any = named(kind).model
    for name in ("customer_number", *(["vat_id"] if kind == ORGANISATION else [])):
        said = {draft.values[name] for draft in drafts if draft.values.get(name)}
        found |= set(model.objects.filter(**{f"{name}__among": said}).values_list("pk", flat=True))
    called = {_called(draft) for draft in drafts} - {""}
    return found | set(search.called(Side.CRM, kind, called))


def _called(draft: Draft) -> str:
    names = ("name",) if draft.kind == ORGANISATION else ("first_name", "last_name")
    return " ".join(draft.values[name] for name in names if draft.values.get(name))
