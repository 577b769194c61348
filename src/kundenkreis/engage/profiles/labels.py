"""What is known of a person, in the words people use; a company's own names are made readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.text import readable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Traits of the Segment specification, under the names we keep them by.
TRAITS: dict[str, StrOrPromise] = {
    "address": _("Address"),
    "age": _("Age"),
    "birthday": _("Birthday"),
    "city": _("Town"),
    "company": _("Company"),
    "country": _("Country"),
    "created_at": _("Customer account since"),
    "customer_number": _("Customer number"),
    "email": _("E-mail"),
    "first_name": _("First name"),
    "gender": _("Gender"),
    "group_id": _("Number of the group"),
    "group_name": _("Name of the group"),
    "language": _("Language"),
    "last_name": _("Last name"),
    "name": _("Name"),
    "phone": _("Phone"),
    "postal_code": _("Postal code"),
    "title": _("Title"),
    "username": _("User name"),
    "website": _("Website"),
}

# Facts that the crm shares.
FACTS: dict[str, StrOrPromise] = {
    "currency": _("Currency of the revenue"),
    "first_order_on": _("First order"),
    "is_customer": _("Is a customer"),
    "last_order_on": _("Last order"),
    "orders": _("Number of orders"),
    "revenue_minor": _("Net revenue in cents"),
    "score_frequency": _("Score: number of orders (1–5)"),
    "score_monetary": _("Score: revenue (1–5)"),
    "score_recency": _("Score: last order (1–5)"),
}


def trait_label(name: str) -> StrOrPromise:
    """What a trait is called."""
    return TRAITS.get(name) or readable(name)


def fact_label(name: str) -> StrOrPromise:
    """What a fact from the crm is called."""
    return FACTS.get(name) or readable(name)
