"""Check the options of `analyse experiment` against what is in the file."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse.errors import UnusableOption
from kundenkreis.insight.analyse.table import clean

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_variants(names: Sequence[str], control: str, column: str) -> None:
    """Raise `UnusableOption` unless control and at least one other variant are there."""
    if control not in names:
        found = ", ".join(f"“{name}”" for name in sorted(names))
        raise UnusableOption(
            _("No row has “%(control)s” in the column “%(column)s”.")
            % {"control": control, "column": column},
            hint=_("Its values are: %(values)s.") % {"values": found or _("none")},
        )
    if len(names) < 2:
        raise UnusableOption(
            _("There is nothing to compare: all rows belong to “%(control)s”.")
            % {"control": control}
        )


def weights(text: str | None, names: Sequence[str]) -> dict[str, float] | None:
    """Read `A=50,B=50`; None if nothing was given. Raises `UnusableOption`."""
    if text is None:
        return None
    found: dict[str, float] = {}
    for part in text.split(","):
        name, separator, share = part.rpartition("=")
        try:
            value = float(share)
        except ValueError:
            value = 0.0
        if not separator or not (isfinite(value) and value > 0.0):
            raise UnusableOption(
                _("“%(part)s” is no weight.") % {"part": part},
                hint=_("Write a name and a positive number for each variant: A=50,B=50."),
            )
        found[clean(name)] = value
    if set(found) != set(names):
        raise UnusableOption(
            _("The weights do not name the variants of the file."),
            hint=_("Give one weight for each of: %(values)s.")
            % {"values": ", ".join(f"“{name}”" for name in sorted(names))},
        )
    return found
