"""Reasons and decisions in words that people read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates.comparing import COMPARISONS
from kundenkreis.crm.people.duplicates.fields import Kind


def reason_label(kind: Kind, comparison: str) -> str:
    """What is compared, as a label."""
    return next(str(one.label) for one in COMPARISONS[kind] if one.key == comparison)


def decision_text(decision: str) -> str:
    """What was decided about a pair."""
    return _("the same") if decision == "same" else _("please look")


def agreement_text(way: str) -> str:
    """How a fact agrees or does not."""
    return {
        "same": _("the same"),
        "swapped": _("first and last name swapped"),
        "nickname": _("a short form"),
        "initial": _("the initial fits"),
        "part": _("a part of it"),
        "similar": _("nearly the same"),
        "overlap": _("a word in common"),
        "turned": _("day and month turned"),
        "slip": _("one digit off"),
        "generation": _("a generation apart"),
        "street_only": _("same street, other or no number"),
        "street_alike": _("a similar street"),
        "postcode": _("same postal code"),
        "place": _("same place"),
        "other_postcode": _("same place, other postal code"),
        "near": _("postal code one digit off"),
        "common": _("the same, but shared by many"),
        "local": _("same name before the @"),
        "ending": _("same last digits"),
        "exchange": _("same number, other extension"),
        "different": _("different"),
    }[way]
