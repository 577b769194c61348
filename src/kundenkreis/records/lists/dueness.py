"""The filter that the lists of every type have: when the next step is due."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.conditions import Any, Compare, Duration, Node, Period, Unit

FIELD = "next_step_on"
CHOICES = (
    ("overdue", _("overdue")),
    ("today", _("today")),
    ("week", _("this week")),
    ("none", _("none planned")),
)
_MEANT = {
    "overdue": Compare(FIELD, "before_ago", Duration(1, Unit.CALENDAR_DAYS)),
    "today": Compare(FIELD, "during", Period.TODAY),
    "week": Compare(FIELD, "during", Period.THIS_WEEK),
    "none": Compare(FIELD, "empty"),
}


def meant(values: Iterable[str]) -> Node:
    """That the next step is due as one of the choices says."""
    return Any(tuple(_MEANT[value] for value in values))


def known(text: str) -> str:
    """The choice that an address names; empty for none."""
    return text if text in _MEANT else ""
