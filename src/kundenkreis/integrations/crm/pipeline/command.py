"""The command line of the pipeline import: options in, a report in plain words out."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.files import Problem, Problems
from kundenkreis.integrations.crm.pipeline import mapping as mappings
from kundenkreis.integrations.crm.pipeline.importing import Report, import_sales
from kundenkreis.integrations.crm.pipeline.reading import Sales, read
from kundenkreis.kernel.access import system


def run(args: argparse.Namespace) -> int:
    """Import a folder. Raises `DomainError`s when folder or mapping cannot be used."""
    mapping = mappings.load(args.mapping) if args.mapping else mappings.fitting(args.folder)
    sales = read(args.folder, mapping)
    report = None
    if not args.dry_run:
        report = import_sales(actor=system("import"), sales=sales, mapping=mapping)
    with ExitStack() as stack:
        problems = Problems(args.errors, [_("File"), _("Row")], stack)
        problems.note(
            [Problem(one.line, one.text, [file, ";".join(one.row)]) for file, one in sales.problems]
        )
    lines = [*_read(sales), *(_written(report) if report else [])]
    sys.stdout.write("\n".join([*lines, *problems.lines()]) + "\n")
    return 1 if sales.problems else 0


def _read(sales: Sales) -> list[str]:
    facts = [
        (len(sales.organisations), _("%(n)s organisations read")),
        (len(sales.products), _("%(n)s products read")),
        (len(sales.owners), _("%(n)s members of staff read")),
        (len(sales.opportunities), _("%(n)s opportunities read")),
        (
            sum(not one.organisation for one in sales.opportunities),
            _("%(n)s of them name no organisation"),
        ),
        (
            sum(one.opened_on is None for one in sales.opportunities),
            _("%(n)s of them were not opened yet"),
        ),
        (len(sales.problems), _("%(n)s rows not taken")),
    ]
    text = _("“%(wrong)s” corrected to “%(right)s” in %(column)s, %(n)s times")
    notes = [
        text % {"wrong": wrong, "right": right, "column": column, "n": f"{count:,}"}
        for (column, wrong, right), count in sorted(sales.corrected.items())
    ]
    return _shown(facts) + notes


def _written(report: Report) -> list[str]:
    facts = [
        (report.teams, _("%(n)s teams are new")),
        (report.users, _("%(n)s members of staff are new; they may not log in yet")),
        (report.organisations, _("%(n)s organisations are new")),
        (report.products, _("%(n)s products are new")),
        (report.opportunities, _("%(n)s opportunities are new")),
        (report.known, _("%(n)s opportunities were known already")),
        (
            len(report.different),
            _("%(n)s opportunities are known with another stage or value and stay as they are"),
        ),
    ]
    return _shown(facts)


def _shown(facts: list[tuple[int, str]]) -> list[str]:
    return [text % {"n": f"{count:,}"} for count, text in facts if count]
