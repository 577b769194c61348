"""Why every column about people and organisations is kept."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_KNOWN = Use("business with the person", "6(1)(b)", "10y after the last order", "self")
_INTEREST = Use("care for business contacts", "6(1)(f)", "3y after the last contact", "self")
_PLAN = Use("planning of work by staff", "6(1)(f)", "record", "self")
_COMPANY = Use("business with the organisation", "6(1)(f)")
_REACH = Use("reaching a business contact", "6(1)(b)", "record", "person")
_ORDERS = Use("knowing whose an order is", "6(1)(b)", "record", "person")
_ROLE = Use("knowing who does what in an organisation", "6(1)(f)", "record", "person")
_STEP = Use("one view of what happened with a customer", "6(1)(f)", "3y", "person")
_SHARED = Use("what marketing may use of orders, per purpose", "6(1)(f)", "record", "person")
_PERMISSION = Use("proof and respect of permissions", "6(1)(c)", "3y after the end", "link_id")

PRIVACY: Map = {
    "Person": {
        **RECORD,
        **dict.fromkeys(
            ("salutation", "first_name", "last_name", "customer_number", "is_customer"), _KNOWN
        ),
        **dict.fromkeys(("language", "source", "legal_basis", "link_id"), _INTEREST),
        **dict.fromkeys(("next_step", "next_step_on"), _PLAN),
    },
    "CustomerId": {
        "id": TECHNICAL,
        **dict.fromkeys(("person", "source", "number", "company_wide"), _ORDERS),
    },
    "Organisation": {
        **RECORD,
        **dict.fromkeys(
            ("name", "industry", "employees", "revenue_minor", "currency", "founded"), _COMPANY
        ),
        **dict.fromkeys(("country", "website", "customer_number", "source", "parent"), _COMPANY),
        **dict.fromkeys(("next_step", "next_step_on"), Use("planning of work by staff", "6(1)(f)")),
    },
    "ContactDetail": {
        **RECORD,
        **dict.fromkeys(
            ("person", "organisation", "kind", "value", "folded", "label", "is_primary"), _REACH
        ),
    },
    "Affiliation": {
        **RECORD,
        **dict.fromkeys(("person", "organisation", "function", "since", "until"), _ROLE),
    },
    "TimelineEntry": {
        **dict.fromkeys(("id", "tx", "key"), TECHNICAL),
        **dict.fromkeys(
            ("person", "organisation", "kind", "at", "actor", "reference", "payload"), _STEP
        ),
    },
    "SharedFacts": dict.fromkeys(("person", "facts", "version"), _SHARED),
    "ContactPermission": {
        "id": TECHNICAL,
        **dict.fromkeys(
            ("link_id", "subject_kind", "subject", "purpose", "channel", "granted", "since"),
            _PERMISSION,
        ),
    },
}
