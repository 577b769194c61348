"""Why every column about people and organisations is kept."""

from __future__ import annotations

from dataclasses import replace

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_STAYS = (
    "as long as there are orders, opportunities, something planned, entries in the timeline, a role "
    "in an organisation, or a link to marketing"
)
_KNOWN = Use("business with the person", "6(1)(b)", "3y", "self", since="changed_at", but=_STAYS)
# Whose a business record is belongs to the record: name, number and postal address.
_LAW = "§ 257 HGB, § 147 AO"
_NAMED = replace(_KNOWN, archive=_LAW)
_INTEREST = Use(
    "care for business contacts", "6(1)(f)", "3y", "self", since="changed_at", but=_STAYS
)
_PLAN = Use("planning of work by staff", "6(1)(f)", "record", "self")
_COMPANY = Use("business with the organisation", "6(1)(f)")
_REACH = Use("reaching a business contact", "6(1)(b)", "record", "person")
_WHERE = Use("visits, territories and letters by region", "6(1)(f)", "record", "detail__person")
_ORDERS = Use("knowing whose an order is", "6(1)(b)", "record", "person")
_SAME = Use("knowing whether somebody is there already", "6(1)(f)", "record", "row")
_TWICE = Use("finding who is there twice", "6(1)(f)", "record", "left")
_ROLE = Use("knowing who does what in an organisation", "6(1)(f)", "record", "person")
_TIE = Use(
    "knowing who stands how to whom, such as who recommended us", "6(1)(f)", "record", "person"
)
_LEARNED = Use("advice that fits the person", "6(1)(f)", "record", "person")
_STEP = Use(
    "one view of what happened with a customer", "6(1)(f)", "3y", "person", since="recorded_at"
)
_SHARED = Use("what marketing may use of orders, per purpose", "6(1)(f)", "record", "person")
_INSIDE = Use("one view of what happened with a customer", "6(1)(f)", "record", "link_id")
_PERMISSION = Use("proof and respect of permissions", "6(1)(c)", "record", "link_id")

_UNUSED = Use("not using what must be kept but not used", "6(1)(c)", "record", "person")

_INFORMED = Use("proof that people were told what is kept of them", "6(1)(c)", "record", "person")

PRIVACY: Map = {
    "Informed": dict.fromkeys(("id", "person", "how", "on", "note"), _INFORMED),
    "Restriction": dict.fromkeys(("id", "person", "reason", "since", "until", "note"), _UNUSED),
    "Person": {
        **RECORD,
        **dict.fromkeys(
            ("salutation", "first_name", "last_name", "customer_number", "is_customer"), _NAMED
        ),
        **dict.fromkeys(("title", "name_prefix", "name_suffix"), _NAMED),
        "form_of_address": _KNOWN,
        **dict.fromkeys(("language", "source", "legal_basis", "origin", "link_id"), _INTEREST),
        **dict.fromkeys(("birth_date", "profession", "portfolio", "contacted_on"), _INTEREST),
        **dict.fromkeys(("ended", "ended_on"), _INTEREST),
        **dict.fromkeys(("next_step", "next_step_on", "tags"), _PLAN),
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
        **dict.fromkeys(("kind", "legal_form", "vat_id", "register_court"), _COMPANY),
        **dict.fromkeys(("register_number", "portfolio", "contacted_on", "closed_on"), _COMPANY),
    },
    "ContactDetail": {
        **RECORD,
        **dict.fromkeys(
            ("person", "organisation", "kind", "value", "folded", "label", "is_primary"), _REACH
        ),
        **dict.fromkeys(("street", "postal_code", "town", "country"), _REACH),
        **dict.fromkeys(("valid_from", "valid_until", "source", "state", "state_on"), _REACH),
    },
    "BlockingKey": dict.fromkeys(("id", "key", "fine", "of", "row"), _SAME),
    "DuplicatePair": {
        "id": TECHNICAL,
        **dict.fromkeys(("kind", "left", "right", "score", "decision", "reasons"), _TWICE),
        **dict.fromkeys(("run", "found_at", "state", "decided_by", "decided_at"), _TWICE),
    },
    "DuplicateRun": dict.fromkeys(
        ("id", "state", "asked_at", "asked_by", "ended_at", "rows", "compared", "found", "problem"),
        TECHNICAL,
    ),
    "Affiliation": {
        **RECORD,
        **dict.fromkeys(("person", "organisation", "function", "since", "until"), _ROLE),
        "buying_role": _ROLE,
    },
    "Relation": {
        **RECORD,
        **dict.fromkeys(("person", "organisation", "kind", "other"), _TIE),
        **dict.fromkeys(("other_organisation", "note", "since", "until", "source"), _TIE),
    },
    "RelationKind": {
        **RECORD,
        **dict.fromkeys(("slug", "label", "turned", "begins", "ends"), TECHNICAL),
        **dict.fromkeys(("referral", "position", "archived"), TECHNICAL),
    },
    "Characteristic": {
        **RECORD,
        **dict.fromkeys(("person", "kind", "text", "origin"), _LEARNED),
        **dict.fromkeys(("source", "legal_basis", "learned_on"), _LEARNED),
    },
    "Portfolio": {
        **RECORD,
        **dict.fromkeys(("name", "visit_days", "about"), TECHNICAL),
    },
    "Territory": {
        **RECORD,
        **dict.fromkeys(
            ("name", "postal_codes", "states", "centre", "radius", "outline", "about"), TECHNICAL
        ),
    },
    "Place": dict.fromkeys(
        (
            "id",
            "country",
            "postal_code",
            "name",
            "folded",
            "region",
            "latitude",
            "longitude",
            "shipped",
        ),
        TECHNICAL,
    ),
    "Location": {
        **dict.fromkeys(("detail", "person_id", "organisation_id", "is_main"), _WHERE),
        **dict.fromkeys(("country", "postal_code", "region", "latitude", "longitude"), _WHERE),
        **dict.fromkeys(("band", "x", "y", "z", "precision", "source", "agrees"), _WHERE),
    },
    "NumberRange": {
        **RECORD,
        **dict.fromkeys(("of", "prefix", "digits", "next_number", "automatic"), TECHNICAL),
    },
    "QualityNight": dict.fromkeys(("id", "kind", "at", "total", "figures"), TECHNICAL),
    "QualitySnapshot": dict.fromkeys(("id", "kind", "month", "total", "figures"), TECHNICAL),
    "TimelineEntry": {
        **dict.fromkeys(("id", "tx", "key"), TECHNICAL),
        **dict.fromkeys(
            (
                "person",
                "organisation",
                "kind",
                "at",
                "recorded_at",
                "actor",
                "reference",
                "payload",
            ),
            _STEP,
        ),
    },
    "FormerLink": dict.fromkeys(("link_id", "person", "was_of", "is_own"), _ORDERS),
    "SharedFacts": dict.fromkeys(("person", "facts", "version"), _SHARED),
    "VatCheck": {
        "id": TECHNICAL,
        **dict.fromkeys(("organisation", "vat_id", "asked_at", "answered_at", "state"), _COMPANY),
        **dict.fromkeys(("attempts", "problem", "request_id", "name", "address"), _COMPANY),
    },
    "MarketingSegment": dict.fromkeys(("id", "name"), TECHNICAL),
    "MarketingMembership": {
        "id": TECHNICAL,
        **dict.fromkeys(("link_id", "segment", "since"), _INSIDE),
    },
    "ContactPermission": {
        "id": TECHNICAL,
        **dict.fromkeys(
            (
                "link_id",
                "subject_kind",
                "subject",
                "folded",
                "purpose",
                "channel",
                "granted",
                "since",
                "origin",
                "confirmed_at",
            ),
            _PERMISSION,
        ),
    },
}
