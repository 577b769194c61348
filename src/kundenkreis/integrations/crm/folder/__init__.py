"""`kundenkreis import folder PATH …`: mixed files of any programs become one clean base.

recognising   what a file holds: `profiles` of products, else the words of its columns (`targets`)
opening       archives, sheets and cards become tables; `child` and `vcards` read them, limited
cleaning      a row becomes `drafts`: `cells` and `personal` names in their parts
comparing     who is there twice, across files and with what is `known`; in a child process
grouping      which drafts are one; `settling` which value wins; `linking` who refers to whom
gathering     → `judging` → `carrying`: the three steps in the worker, each after a decision
commands      what people decide; `review` what they are shown, `problems` what stays behind
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command with its options."""
    text = _("take over a folder of mixed files: Excel, CSV, vCard, Outlook, DATEV, Salesforce …")
    parser: argparse.ArgumentParser = subparsers.add_parser("folder", help=text, description=text)
    parser.add_argument("paths", type=Path, nargs="*", help=_("folders, ZIP archives or files"))
    parser.add_argument(
        "--source", default="", help=_("where the data come from; every record says it")
    )
    basis = _("what allows keeping these people: consent, contract, duty or interest")
    parser.add_argument("--legal-basis", default="", help=basis)
    order = _("names of files in the order in which they win; “base” is what is there already")
    parser.add_argument("--order", action="append", default=[], metavar="NAME", help=order)
    parser.add_argument("--newest", action="store_true", help=_("whoever was changed last wins"))
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    parser.add_argument(
        "--report", type=Path, help=_("write what could not be carried to this file")
    )
    parser.add_argument("--json", action="store_true", help=_("print JSON"))
    parser.add_argument(
        "--resume", type=int, metavar="N", help=_("go on with number N after it was stopped")
    )
    parser.add_argument("--undo", type=int, metavar="N", help=_("take all of number N back"))
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it and print what became of everything; 1 when records failed."""
    import django

    django.setup()
    from kundenkreis.integrations.crm.folder.command import run as take_over
    from kundenkreis.kernel import garbage

    garbage.let_it_rest()
    return take_over(args)
