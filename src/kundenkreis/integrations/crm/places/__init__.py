"""`kundenkreis import places FILE`: more places for the map, from a CSV file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command with its options."""
    text = _("add places and postal codes with coordinates, and locate all addresses anew")
    parser: argparse.ArgumentParser = subparsers.add_parser("places", help=text, description=text)
    columns = _("CSV file, also .gz, with columns such as country, postal code, place, lat, lon")
    parser.add_argument("file", type=Path, nargs="?", help=columns)
    parser.add_argument("--country", help=_("its country where the file does not say, e.g. FR"))
    parser.add_argument(
        "--errors", type=Path, help=_("write rows that were not taken to this file")
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Import the file, locate, and print what happened; 1 when rows were not taken."""
    import django

    django.setup()
    from kundenkreis.integrations.crm.places.command import run as import_places

    return import_places(args)
