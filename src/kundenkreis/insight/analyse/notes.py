"""Say what was left out of an analysis and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from kundenkreis.insight.analyse.grouping import Grouped


@dataclass
class Skipped:
    """How many rows the file has, and how many of them could not be placed."""

    rows: int = 0
    without_variant: int = 0
    without_unit: int = 0


def about(
    args: argparse.Namespace, outcomes: Sequence[str], grouped: Grouped, skipped: Skipped
) -> list[str]:
    """Collect one sentence for everything that was not used as it stands in the file."""
    said = []
    if skipped.without_variant:
        said.append(_rows_without(skipped.without_variant, args.variant))
    if skipped.without_unit:
        said.append(_rows_without(skipped.without_unit, args.unit))
    if grouped.mixed_units:
        said.append(
            ngettext(
                "%(count)d unit was in more than one variant and is left out.",
                "%(count)d units were in more than one variant and are left out.",
                grouped.mixed_units,
            )
            % {"count": grouped.mixed_units}
        )
    for position, outcome in enumerate(outcomes):
        missing = sum(arm[position].missing for arm in grouped.sums)
        if missing:
            said.append(_without_value(missing, outcome, is_unit=bool(args.unit)))
    if args.prior:
        said += _about_prior(args.prior, grouped)
    return said


def _rows_without(count: int, column: str) -> str:
    return ngettext(
        "%(count)d row has no value in “%(column)s” and is left out.",
        "%(count)d rows have no value in “%(column)s” and are left out.",
        count,
    ) % {"count": count, "column": column}


def _without_value(count: int, outcome: str, *, is_unit: bool) -> str:
    if not is_unit:
        return _rows_without(count, outcome)
    return ngettext(
        "%(count)d unit has no value in “%(column)s” and is left out there.",
        "%(count)d units have no value in “%(column)s” and are left out there.",
        count,
    ) % {"count": count, "column": outcome}


def _about_prior(column: str, grouped: Grouped) -> list[str]:
    said = []
    unknown = sum(arm[0].alone.n for arm in grouped.sums)
    if unknown:
        said.append(
            ngettext(
                "%(count)d person has no value in “%(column)s” and gets the average of the others.",
                "%(count)d people have no value in “%(column)s” and get the average of the others.",
                unknown,
            )
            % {"count": unknown, "column": column}
        )
    if grouped.is_prior_summed:
        said.append(
            _(
                "“%(column)s” differs between the rows of one unit and was summed; make sure that "
                "it comes from before the experiment only."
            )
            % {"column": column}
        )
    return said
