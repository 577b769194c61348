"""People who were erased do not come back by a file, an order from before, or another system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import (
    Affiliation,
    Characteristic,
    ContactDetail,
    Person,
    Relation,
)
from kundenkreis.kernel import tombstones
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.wrongs import BY_THEMSELVES as BY_THEMSELVES
from kundenkreis.kernel.wrongs import watch, watch_parts
from kundenkreis.ui import formats

ADDRESSES = ("email", "phone")
watch(Person, ContactDetail)
for _part in (Affiliation, Characteristic, Relation):
    watch_parts(_part, "person")
Ways = Mapping[str, Mapping[str, Any]]


def require_never(ways: Ways, number: str) -> None:
    """Raise `DomainError` for the addresses or the number of somebody who was erased.

    Whoever comes back by themselves is entered by hand.
    """
    for refused in refusals([(ways, number)]).values():
        raise refused


def refusals(people: Sequence[tuple[Ways, str]]) -> dict[int, DomainError]:
    """The same of many, with one question for all: the errors by their places."""
    names = [_names(*one) for one in people]
    gone = tombstones.buried(Side.CRM, chain.from_iterable(names))
    return {
        place: _refusal(gone[name], known[name])
        for place, known in enumerate(names if gone else ())
        for name in reversed(known)
        if name in gone
    }


def _names(ways: Ways, number: str) -> dict[str, str]:
    """What they go by, each with the field that says so."""
    names = {f"{kind}|{ways[kind]['folded']}": kind for kind in ADDRESSES if kind in ways}
    return names | ({f"number||{number}": "customer_number"} if number else {})


def _refusal(at: datetime, field: str) -> DomainError:
    return DomainError(
        _("This person was erased on %(day)s.") % {"day": formats.day(at)},
        _("Nobody who was erased comes back by a file."),
        _("If they have come back by themselves, enter them by hand."),
        field=field,
    )


def since(names: Iterable[str]) -> dict[str, datetime]:
    """Those of the names (`number|shop|17`, `link|…`) of people who were erased, and when."""
    return tombstones.buried(Side.CRM, names)
