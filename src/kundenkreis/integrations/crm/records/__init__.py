"""`kundenkreis import records TYPE FILE …`: what the import page does, from a shell."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command with its options."""
    text = _("import records of one type from Excel or CSV files, as the import page does")
    parser: argparse.ArgumentParser = subparsers.add_parser("records", help=text, description=text)
    parser.add_argument("type", help=_("e.g. person"))
    parser.add_argument("files", type=Path, nargs="+", help=_("Excel or CSV files"))
    column = _("which column is which field, COLUMN=FIELD; can be given several times")
    parser.add_argument("--column", action="append", default=[], help=column)
    value = _("a value for rows whose file says nothing of it, FIELD=VALUE; several times")
    parser.add_argument("--value", action="append", default=[], help=value)
    key = _("what a record is known again by, e.g. email; can be given several times")
    parser.add_argument("--key", action="append", help=key)
    parser.add_argument(
        "--mode", choices=["create", "update", "both"], default="create", help=_("what to do")
    )
    makes = _("create unknown related records of this field; can be given several times")
    parser.add_argument("--make", action="append", default=[], help=makes)
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    parser.add_argument("--errors", type=Path, help=_("write the failed rows to this file"))
    return parser


def run(args: argparse.Namespace) -> int:
    """Import the files and print what became of the rows; 1 when some failed."""
    import django

    django.setup()
    from kundenkreis.integrations.crm.records.command import run as import_records
    from kundenkreis.kernel import garbage

    garbage.let_it_rest()
    return import_records(args)
