"""The command line of the order import: options in, a report in plain words out."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.files import Problems, header
from kundenkreis.integrations.crm.orders import mapping as mappings
from kundenkreis.integrations.crm.orders.importing import OrderImport, Report
from kundenkreis.integrations.crm.orders.reading import OrderFile
from kundenkreis.kernel.access import system
from kundenkreis.kernel.money import digits, to_major


def run(args: argparse.Namespace) -> int:
    """Import a file. Raises `DomainError`s when file or mapping cannot be used."""
    found = mappings.load(args.mapping) if args.mapping else mappings.fitting(header(args.file))
    mapping = found.with_options(source=args.source, currency=args.currency, zone=args.zone)
    file = OrderFile(args.file, mapping)
    with ExitStack() as stack:
        problems = Problems(args.errors, file.header, stack)
        work = OrderImport(file, system("import"), problems.note)
        report = work.try_out() if args.dry_run else work.run()
    lines = summary(report, mapping.currency, dry_run=args.dry_run)
    sys.stdout.write("\n".join([*lines, *problems.lines()]) + "\n")
    return 1 if report.refused_rows else 0


def summary(report: Report, currency: str, *, dry_run: bool) -> list[str]:
    """The report in words, one fact per line, those without news left out."""
    total = f"{to_major(report.net_minor, currency):,.{digits(currency)}f} {currency}"
    facts = [
        (report.rows, _("%(n)s rows read")),
        (report.new, _("%(n)s orders would be new") if dry_run else _("%(n)s orders taken")),
        (report.skipped, _("%(n)s orders were taken before this import was interrupted")),
        (report.known, _("%(n)s orders were known already and stay as they are")),
        (
            len(report.different),
            _("%(n)s orders are known with other amounts and stay as they are"),
        ),
        (report.cancellations, _("%(n)s of the orders are cancellations")),
        (report.lines, _("%(n)s order lines")),
        (len(report.customers), _("%(n)s customers")),
        (report.without_person, _("%(n)s orders name no customer")),
        (report.several_times, _("%(n)s orders carry several times; the first counts")),
        (report.events, _("%(n)s events added to the customers' profiles")),
        (len(report.linked_elsewhere), _("%(n)s customers are linked to another profile already")),
        (report.refused_orders, _("%(n)s orders not taken because of problems")),
        (report.refused_rows, _("%(n)s rows not taken")),
    ]
    lines = [text % {"n": f"{count:,}"} for count, text in facts if count]
    return [*lines, _("Sum of all lines: %(total)s") % {"total": total}]
