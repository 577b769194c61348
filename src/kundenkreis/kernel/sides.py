"""The two stores, and which one a piece of code or a table belongs to."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """One of the two stores. `crm` stands behind the firewall, `engage` at the public edge."""

    CRM = "crm"
    ENGAGE = "engage"

    @property
    def alias(self) -> str:
        """The database alias; crm is `default` because Django's own tables live there."""
        return "default" if self is Side.CRM else "engage"

    @property
    def other(self) -> Side:
        return Side.ENGAGE if self is Side.CRM else Side.CRM


BOTH = frozenset({"kernel", "records", "automation", "link"})
INNER = ("insight", "api")


def side_of_label(label: str) -> Side | None:
    """The side an app label belongs to; None when it has tables on both."""
    if label in BOTH:
        return None
    return Side.ENGAGE if label.startswith("engage_") else Side.CRM


def side_of_alias(alias: str | None) -> Side:
    return Side.ENGAGE if alias == "engage" else Side.CRM


def side_of_module(module: str) -> Side:
    """The folder says which database you are in: `kundenkreis.crm.sales…` → crm.

    Raises `LookupError` for modules outside the two sides.
    """
    parts = module.split(".")
    top = parts[1] if len(parts) > 1 else ""
    if top == "integrations" and len(parts) > 2:
        top = parts[2]
    if top == "engage":
        return Side.ENGAGE
    if top in ("crm", *INNER):
        return Side.CRM
    raise LookupError(f"{module} belongs to neither side: name the side")
