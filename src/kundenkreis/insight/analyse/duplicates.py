"""`kundenkreis analyse duplicates FILE.csv`: who is in a table twice, by the product's engine."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse.errors import UnusableOption
from kundenkreis.insight.analyse.table import clean, open_table

MOST_PAIRS = 20_000
MOST_PAIRS_AT_ALL = 200_000


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare `duplicates` with its options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "duplicates",
        help=_("find who is in a table of persons or organisations twice"),
        description=_(
            "Finds rows that are the same person or organisation and says why: names with nicknames "
            "and slips, birth date, address, e-mail, phone in every notation, numbers. Names alone "
            "never make two rows the same. FILE is CSV with a header, one row per person or "
            "organisation; columns are recognised by their names or given with --column."
        ),
        epilog=_(
            "Exit status: 0 when the search was made, whatever it found; 1 when the file or an option "
            "does not fit, with the reason on the standard error; 2 for an unknown option."
        ),
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=_("CSV file, .csv.gz too, or Excel workbook (.xlsx)"),
    )
    parser.add_argument(
        "--with",
        dest="other",
        type=Path,
        metavar="OTHER",
        help=_("a second file: only pairs across both are looked for"),
    )
    parser.add_argument(
        "--id",
        default="",
        metavar="COL",
        help=_("column that names each row; its line in the file if not given"),
    )
    parser.add_argument(
        "--truth",
        metavar="COL",
        help=_("column that is equal for rows that truly are the same; gives precision and recall"),
    )
    parser.add_argument(
        "--kind",
        choices=["person", "organisation"],
        help=_("what the rows are; told by the columns if not given"),
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COL=FIELD",
        help=_("what a column holds, such as Wohnsitz=place; nothing behind “=” leaves it out"),
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=MOST_PAIRS,
        metavar="N",
        help=_("how many pairs to print at most, best first; %(most)d if not given")
        % {"most": MOST_PAIRS},
    )
    parser.add_argument(
        "--memory",
        type=int,
        default=1_024,
        metavar="MIB",
        help=_("memory that may be used before the disk is; 1024 if not given"),
    )
    parser.add_argument("--json", action="store_true", help=_("print JSON"))
    return parser


def run(args: argparse.Namespace) -> int:
    """Read the files, look for duplicates and print them. Raises `DomainError`s."""
    from kundenkreis.crm.people.duplicates.engine import Resources, Search, find
    from kundenkreis.crm.people.duplicates.fields import Kind, chosen, likely_kind
    from kundenkreis.insight.analyse import pair_notes, pair_output
    from kundenkreis.insight.analyse.people import Reader

    check(args)
    # Ended from outside, it leaves no rows of the files behind in a temporary folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as stack:
        tables = [stack.enter_context(open_table(path)) for path in (args.file, args.other) if path]
        names = {name: None for table in tables for name in table.columns if name}
        kind = Kind(args.kind) if args.kind else likely_kind(names)
        columns = chosen(without(names, args), kind, mapping(args.column, names))
        readers = [
            Reader(table, clean(args.id), {name: field for name, field in columns.items() if name in table.columns},
                   clean(args.truth or ""))
            for table in tables
        ]  # fmt: skip
        search = Search(
            kind,
            frozenset(columns.values()),
            args.limit,
            bool(args.truth),
            Resources(args.memory, os.cpu_count() or 1),
        )
        found = find(search, readers)
    notes = pair_notes.about(found, kind, columns, readers)
    write = pair_output.write_json if args.json else pair_output.write_text
    write(sys.stdout, found, kind, columns, notes)
    return 0


def check(args: argparse.Namespace) -> None:
    """Raise `UnusableOption` for numbers that cannot be."""
    if not 1 <= args.limit <= MOST_PAIRS_AT_ALL:
        raise UnusableOption(
            _("--limit is a number from 1 to %(most)d.") % {"most": MOST_PAIRS_AT_ALL}
        )
    if args.memory < 100:
        raise UnusableOption(_("--memory is at least 100 (MiB)."))


def without(names: Iterable[str], args: argparse.Namespace) -> list[str]:
    """The columns that may be compared: neither the truth nor the id, unless it is said what that
    holds."""
    said = {clean(text.rpartition("=")[0]) for text in args.column}
    apart = {clean(args.truth or "")} | ({clean(args.id)} - said)
    return [name for name in names if name not in apart]


def mapping(given: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """Read `COL=FIELD`. Raises `UnusableOption` for a column that no file has."""
    known = set(names)
    found = {}
    for text in given:
        column, separator, field = text.rpartition("=")
        if not separator or clean(column) not in known:
            raise UnusableOption(
                _("“%(text)s” does not name a column.") % {"text": text},
                hint=_("Columns are: %(columns)s.") % {"columns": ", ".join(sorted(known))},
            )
        found[clean(column)] = field.strip()
    return found
