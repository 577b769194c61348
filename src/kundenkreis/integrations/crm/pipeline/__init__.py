"""`kundenkreis import pipeline FOLDER`: another system's companies, products, staff and sales."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command with its options."""
    text = _("import companies, products, staff and opportunities from a folder of CSV files")
    parser: argparse.ArgumentParser = subparsers.add_parser("pipeline", help=text, description=text)
    parser.add_argument("folder", type=Path, help=_("folder with the CSV files"))
    parser.add_argument("--mapping", type=Path, help=_("JSON file that says what the files mean"))
    parser.add_argument("--dry-run", action="store_true", help=_("only say what is in the files"))
    parser.add_argument(
        "--errors", type=Path, help=_("write rows that were not taken to this file")
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Import the folder and print what happened; 1 when rows were not taken."""
    import django

    django.setup()
    from kundenkreis.integrations.crm.pipeline.command import run as import_pipeline

    return import_pipeline(args)
