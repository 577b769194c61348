"""People who were erased do not come back by a file, an order from before, or another system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import tombstones
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.ui import formats

ADDRESSES = ("email", "phone")
# Through what rows come that nobody has looked at one by one.
BY_THEMSELVES = frozenset({"import", "link", "api"})


def require_never(ways: Mapping[str, Mapping[str, Any]], number: str) -> None:
    """Raise `DomainError` for the addresses or the number of somebody who was erased.

    Whoever comes back by themselves is entered by hand.
    """
    names = {f"{kind}|{ways[kind]['folded']}": kind for kind in ADDRESSES if kind in ways}
    if number:
        names[f"number||{number}"] = "customer_number"
    for name, at in tombstones.buried(Side.CRM, names).items():
        raise DomainError(
            _("This person was erased on %(day)s.") % {"day": formats.day(at)},
            _("Nobody who was erased comes back by a file."),
            _("If they have come back by themselves, enter them by hand."),
            field=names[name],
        )


def since(names: Iterable[str]) -> dict[str, datetime]:
    """Those of the names (`number|shop|17`, `link|…`) of people who were erased, and when."""
    return tombstones.buried(Side.CRM, names)
