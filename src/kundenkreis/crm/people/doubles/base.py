"""The whole base in the form in which it is compared, piece by piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.store import stored

PIECE = 1_000
Fact = dict[str, list[str]]
Row = tuple[int, Fact]

PERSON = {
    "first_name": "first_name", "last_name": "last_name", "birth_date": "birth_date",
    "number": "customer_number",
}  # fmt: skip
ORGANISATION = {
    "name": "name", "website": "website", "number": "customer_number", "vat_id": "vat_id",
    "register_number": "register_number",
}  # fmt: skip
WAYS = {"email": "email", "phone": "phone"}


def pieces(kind: str) -> Iterator[list[Row]]:
    """Every person, or organisation, with what is known of them; a thousand at a time."""
    model: type[Any] = Person if kind == "person" else Organisation
    fields = PERSON if kind == "person" else ORGANISATION
    last = 0
    for _ in count():
        rows = stored(Side.CRM, model).filter(pk__gt=last).order_by("pk")
        found = list(rows.values_list("pk", *fields.values())[:PIECE])
        if not found:
            return
        last = found[-1][0]
        yield _with_more(kind, fields, found)


def _with_more(kind: str, fields: dict[str, str], found: Sequence[tuple[Any, ...]]) -> list[Row]:
    pks = [row[0] for row in found]
    more = _ways(kind, pks)
    if kind == "person":
        for pk, company in _companies(pks):
            more[pk].setdefault("company", [company])
    return [
        (pk, {name: [str(v)] for name, v in zip(fields, values, strict=True) if v} | more[pk])
        for pk, *values in found
    ]


def _ways(kind: str, pks: Sequence[int]) -> dict[int, Fact]:
    """Every e-mail address and phone number, and the preferred postal address."""
    found: dict[int, Fact] = defaultdict(dict)
    rows = stored(Side.CRM, ContactDetail).filter(**{f"{kind}__pk__among": pks})
    columns = (f"{kind}_id", "kind", "value", "street", "postal_code", "town")
    for pk, way, value, street, code, town in rows.order_by("-is_primary", "id").values_list(
        *columns
    ):
        facts = found[pk]
        if way in WAYS:
            facts.setdefault(WAYS[way], []).append(value)
        elif way == "postal" and "street" not in facts and "place" not in facts:
            parts = {"street": street, "postcode": code, "place": town}
            facts |= {name: [text] for name, text in parts.items() if text}
    return found


def _companies(pks: Sequence[int]) -> Iterator[tuple[int, str]]:
    rows = stored(Side.CRM, Affiliation).filter(person__pk__among=pks).order_by("until", "id")
    yield from rows.values_list("person_id", "organisation__name")
