"""`kundenkreis analyse experiment FILE.csv`: any finished experiment, the product's own engine."""

from __future__ import annotations

import argparse
import sys
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse import notes, options, output
from kundenkreis.insight.analyse.cells import number
from kundenkreis.insight.analyse.errors import UnreadableFile, UnusableColumn
from kundenkreis.insight.analyse.table import clean, open_table

if TYPE_CHECKING:
    from kundenkreis.insight.analyse.grouping import Grouped
    from kundenkreis.insight.analyse.table import Table

MOST_VARIANTS = 50


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare `experiment` with its options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "experiment",
        help=_("compare the variants of an experiment with its control group"),
        description=_(
            "Compares the variants of a finished or running experiment with its control group: "
            "effect with an interval that may be read at any time, relative effect, Welch's "
            "interval for one look, sample-ratio check. FILE is CSV with a header, one row per "
            "person, or several with --unit."
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV file, .csv.gz too"))
    parser.add_argument(
        "--variant", required=True, metavar="COL", help=_("column that names the variant")
    )
    parser.add_argument(
        "--control", required=True, metavar="VALUE", help=_("its value for the control group")
    )
    parser.add_argument(
        "--outcome",
        required=True,
        action="append",
        metavar="COL",
        help=_(
            "column with the outcome, a number or yes/no; may be given several times, the first one decides"
        ),
    )
    parser.add_argument(
        "--unit", metavar="COL", help=_("column of the person; rows of one are summed first")
    )
    parser.add_argument(
        "--prior",
        metavar="COL",
        help=_(
            "column with a value from before the experiment, to make intervals narrower (CUPED)"
        ),
    )
    parser.add_argument(
        "--weights",
        metavar="NAME=50,…",
        help=_("planned shares of the variants; equal if not given"),
    )
    parser.add_argument("--json", action="store_true", help=_("print JSON"))
    return parser


def run(args: argparse.Namespace) -> int:
    """Read the file, analyse it and print the report. Raises `DomainError`s."""
    from kundenkreis.insight.analyse.grouping import combine
    from kundenkreis.insight.statistics import Outcome, analyse

    outcomes = list(dict.fromkeys(clean(name) for name in args.outcome))
    with open_table(args.file) as table:
        names, grouped, skipped = read(table, args, outcomes)
    control = clean(args.control)
    options.check_variants(names, control, args.variant)
    weights = options.weights(args.weights, names)

    order = sorted(range(len(names)), key=lambda at: (names[at] != control, names[at]))
    measured = []
    for position, outcome in enumerate(outcomes):
        sums = [grouped.sums[at][position] for at in order]
        arms = combine(sums, has_prior=args.prior is not None)
        measured.append(
            Outcome(outcome, {names[at]: arm for at, arm in zip(order, arms, strict=True)})
        )
    assigned = {names[at]: grouped.people[at] for at in order}
    result = analyse(measured, control, weights=weights, assigned=assigned)

    extra = notes.about(args, outcomes, grouped, skipped)
    sys.stdout.write(
        output.as_json(result, extra) if args.json else output.as_text(result, extra, control)
    )
    return 0


def read(
    table: Table, args: argparse.Namespace, outcomes: list[str]
) -> tuple[list[str], Grouped, notes.Skipped]:
    """Read all rows into sums per variant; also the variants' names and what was left out."""
    from kundenkreis.insight.analyse.grouping import RowCollector, UnitCollector

    wanted = [args.variant, *outcomes, *(name for name in (args.unit, args.prior) if name)]
    positions = [table.position(name) for name in wanted]
    has_prior, last = args.prior is not None, 1 + len(outcomes)
    collector = (UnitCollector if args.unit else RowCollector)(len(outcomes), has_prior)
    variants: dict[str, int] = {}
    skipped = notes.Skipped()
    for line, cells in table.rows(positions):
        skipped.rows += 1
        variant, unit = cells[0], cells[last].strip() if args.unit else ""
        at = variants.get(variant)
        if at is None:
            at = new_variant(variants, variant, args.variant)
        values = [number(cells[1 + i], name, line) for i, name in enumerate(outcomes)]
        prior = number(cells[-1], args.prior, line) if has_prior else nan
        if at < 0:
            skipped.without_variant += 1
        elif args.unit and not unit:
            skipped.without_unit += 1
        else:
            collector.add(at, unit, prior, values)
    if not skipped.rows:
        raise UnreadableFile(_("%(file)s has a header, but no rows.") % {"file": table.name})
    names = {at: clean(raw) for raw, at in variants.items() if at >= 0}
    return [names[at] for at in range(len(names))], collector.finish(), skipped


def new_variant(variants: dict[str, int], cell: str, column: str) -> int:
    """Number a spelling that is seen for the first time; −1 is "no variant"."""
    name = clean(cell)
    known = {clean(raw): at for raw, at in variants.items() if at >= 0}
    at = known.get(name, len(known)) if name else -1
    if at >= MOST_VARIANTS:
        raise UnusableColumn(
            _("The column “%(column)s” has more than %(most)d different values.")
            % {"column": column, "most": MOST_VARIANTS},
            hint=_("Choose the column that names the variant of each person."),
        )
    variants[cell] = at
    return at
