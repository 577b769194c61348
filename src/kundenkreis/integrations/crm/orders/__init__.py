"""`kundenkreis import orders FILE`: order lines from a CSV file, with a mapping of its columns."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command with its options."""
    text = _("import orders with their lines and customers from a CSV file")
    parser: argparse.ArgumentParser = subparsers.add_parser("orders", help=text, description=text)
    parser.add_argument("file", type=Path, help=_("CSV file, also .gz"))
    parser.add_argument("--mapping", type=Path, help=_("JSON file that says what the columns mean"))
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    parser.add_argument(
        "--errors", type=Path, help=_("write rows that were not taken to this file")
    )
    parser.add_argument("--source", help=_("where the orders come from, e.g. the shop's name"))
    parser.add_argument("--currency", help=_("currency of the amounts, e.g. EUR"))
    parser.add_argument("--zone", help=_("time zone of the times, e.g. Europe/Berlin"))
    return parser


def run(args: argparse.Namespace) -> int:
    """Import the file and print what happened; 1 when rows were not taken."""
    import django

    django.setup()
    from kundenkreis.integrations.crm.orders.command import run as import_orders

    return import_orders(args)
