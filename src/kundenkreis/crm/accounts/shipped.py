"""The roles every installation starts with; administrators change them as they like."""

from __future__ import annotations

from dataclasses import dataclass, field

Fields = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ShippedRole:
    """Names, rights and restricted fields; `*` stands for every type or action of a side."""

    de: str
    en: str
    grants: dict[str, str]
    fields: Fields = field(default_factory=dict)
    needs_end: bool = False


_CUSTOMERS = {
    "crm.person.*": "all",
    "crm.organisation.*": "all",
    "crm.relation.*": "all",
    "crm.characteristic.*": "all",
    "crm.portfolio.*": "all",
    "crm.territory.*": "all",
}
# What somebody asks for by their rights reaches the company through anybody.
_ASKED = {"crm.datarequest.create": "all", "crm.datarequest.read": "own"}
# Notes, tasks, calls and meetings: everybody may enter them and give tasks to anybody.
_WORK = {"crm.activity.*": "team", "crm.activity.read": "all", "crm.activity.create": "all"}
_LETTERS = {
    "crm.letter.*": "team",
    "crm.letter.read": "all",
    "crm.letter.create": "all",
    "crm.lettertemplate.*": "own",
    "crm.lettertemplate.read": "all",
    "crm.letterhead.read": "all",
}

ROLES: dict[str, ShippedRole] = {
    "administrator": ShippedRole("Administration", "Administrator", {"*.*.*": "all"}),
    "management": ShippedRole(
        "Leitung", "Management", {"*.*.read": "all", "*.*.export": "all", **_WORK}
    ),
    "sales": ShippedRole(
        "Vertrieb",
        "Sales",
        {
            "crm.*.read": "all",
            **_CUSTOMERS,
            **_ASKED,
            **_WORK,
            **_LETTERS,
            "crm.opportunity.*": "team",
            "crm.opportunity.read": "all",
            "crm.order.change": "all",  # next steps, owner and tags; what was ordered says the shop
        },
    ),
    "backoffice": ShippedRole(
        "Innendienst",
        "Back office",
        {
            "crm.*.read": "all",
            **_CUSTOMERS,
            **_ASKED,
            **_WORK,
            **_LETTERS,
            "crm.opportunity.*": "all",
            "crm.order.*": "all",
            "crm.product.*": "all",
        },
    ),
    "service": ShippedRole(
        "Service",
        "Service",
        {
            **_ASKED,
            **_WORK,
            **_LETTERS,
            "crm.person.read": "all",
            "crm.person.create": "all",
            "crm.person.change": "all",
            "crm.organisation.read": "all",
            "crm.organisation.change": "all",
            "crm.order.read": "all",
            "crm.product.read": "all",
        },
        {"crm.organisation": {"revenue_minor": "hidden", "employees": "locked"}},
    ),
    "marketing": ShippedRole(
        "Marketing",
        "Marketing",
        {"engage.*.*": "all", "insight.*.read": "all", "crm.order.read": "all"},
    ),
    "accounting": ShippedRole(
        "Buchhaltung",
        "Accounting",
        {
            **_WORK,
            "crm.person.read": "all",
            "crm.restriction.see": "all",
            "crm.organisation.read": "all",
            "crm.organisation.change": "all",
            "crm.organisation.export": "all",
            "crm.order.*": "all",
            "crm.product.read": "all",
        },
        {
            "crm.organisation": dict.fromkeys(
                ("name", "industry", "source", "website", "parent"), "locked"
            )
        },
    ),
    "dpo": ShippedRole(
        "Datenschutz",
        "Data protection officer",
        {
            "*.*.read": "all",
            "*.*.export": "all",
            "crm.person.change": "all",
            "crm.erasure.*": "all",
            "crm.disclosure.*": "all",
            "crm.retention.*": "all",
            "crm.undertaking.*": "all",
            "crm.restriction.*": "all",
            "crm.datarequest.*": "all",
        },
        {
            "crm.person": dict.fromkeys(
                ("source", "next_step", "next_step_on", "owner_id"), "locked"
            )
        },
    ),
    "temporary": ShippedRole(
        "Auf Zeit",
        "Temporary",
        {
            "crm.person.read": "team",
            "crm.person.create": "own",
            "crm.person.change": "own",
            "crm.organisation.read": "team",
            "crm.organisation.create": "own",
            "crm.organisation.change": "own",
            "crm.opportunity.read": "own",
            "crm.opportunity.create": "own",
            "crm.opportunity.change": "own",
            **dict.fromkeys(
                ("crm.activity.read", "crm.activity.create", "crm.activity.change"), "own"
            ),
            "crm.product.read": "all",
        },
        {"crm.organisation": {"revenue_minor": "hidden"}},
        needs_end=True,
    ),
}

# What a larger company may want besides; the check-list makes them.
OFFERED: dict[str, ShippedRole] = {
    "head-of-sales": ShippedRole(
        "Vertriebsleitung",
        "Head of sales",
        {**ROLES["sales"].grants, "crm.opportunity.*": "tree", "crm.*.export": "tree"},
    ),
}
