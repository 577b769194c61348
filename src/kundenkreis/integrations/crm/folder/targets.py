"""What columns may hold: the vocabulary between the files and the records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PERSON: dict[str, StrOrPromise] = {
    "salutation": _("Salutation"),
    "title": _("Title"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "name_prefix": _("Name prefix"),
    "last_name": _("Last name"),
    "name_suffix": _("Name suffix"),
    "full_name": _("Whole name"),
    "birth_date": _("Date of birth"),
    "profession": _("Profession"),
    "language": _("Language"),
    "function": _("Function"),
}
COMPANY: dict[str, StrOrPromise] = {
    "company": _("Organisation"),
    "company_extra": _("Second line of the name"),
    "legal_form": _("Legal form"),
    "vat_id": _("VAT ID"),
    "vat_country": _("Country of the VAT ID"),
    "register_number": _("Register number"),
    "industry": _("Industry"),
    "employees": _("Employees"),
    "revenue": _("Annual revenue"),
    "founded": _("Founded"),
    "website": _("Website"),
}
REACH: dict[str, StrOrPromise] = {
    "email": _("E-mail"),
    "phone": _("Phone"),
    "mobile": _("Mobile phone"),
    "fax": _("Fax"),
    "street": _("Street"),
    "house_number": _("House number"),
    "street_extra": _("Second line of the address"),
    "post_box": _("Post box"),
    "postal_code": _("Postal code"),
    "town": _("Town"),
    "place": _("Postal code and town"),
    "country": _("Country"),
}
BOTH: dict[str, StrOrPromise] = {
    "number": _("Customer number"),
    "note": _("Note"),
    "changed_at": _("Changed on"),
    "id": _("Id in the other system"),
    "company_id": _("Id of the organisation"),
    "parent_id": _("Id of the parent organisation"),
    "person_id": _("Id of the person"),
    "about_id": _("Id of what it is about"),
}
OTHER: dict[str, StrOrPromise] = {
    "subject": _("Title or subject"),
    "status": _("Status"),
    "rating": _("Rating"),
    "converted": _("Converted"),
    "stage": _("Stage"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "close_date": _("Close date"),
    "created_at": _("Created on"),
    "due_date": _("Due on"),
    "closed": _("Closed"),
    "won": _("Won"),
    "sku": _("Article number"),
    "series": _("Series"),
    "product": _("Product"),
}
HOLDERS: dict[str, StrOrPromise] = {
    "person": _("of the person"),
    "private": _("private"),
    "company": _("of the organisation"),
}
IGNORE = "ignore"
POSTAL = (
    "street",
    "house_number",
    "street_extra",
    "post_box",
    "postal_code",
    "town",
    "place",
    "country",
)
# One of these says whom a row is about.
PLAIN = frozenset({"first_name", "last_name", "full_name", "company", "email"})
WHATS: dict[str, StrOrPromise] = {
    "persons": _("Persons"),
    "organisations": _("Organisations"),
    "leads": _("Leads"),
    "opportunities": _("Opportunities"),
    "products": _("Products"),
    "tasks": _("Tasks"),
    "notes": _("Notes"),
    "attachments": _("Attachments"),
    "nothing": _("Nothing to take over"),
}


def choices() -> Iterator[tuple[str, str]]:
    """All targets with their labels, those of a certain holder behind the others."""
    for group in (PERSON, COMPANY, REACH, BOTH, OTHER):
        for name, label in group.items():
            yield name, str(label)
    for holder, what in HOLDERS.items():
        for name, label in REACH.items():
            yield f"{holder}.{name}", f"{label} ({what})"


def label_of(target: str) -> str:
    """What a target is called; "" for none."""
    return dict(choices()).get(target, "")


def known(target: str) -> bool:
    """Whether that is a target."""
    return target in ("", IGNORE) or any(target == name for name, _label in choices())
