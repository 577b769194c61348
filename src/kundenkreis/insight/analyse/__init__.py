"""`kundenkreis analyse …`: the product's own engines on a file of one's own.

Each analysis is a module with `add_parser(subparsers)` and `run(args) -> int`; a new one is added
by one line in `ANALYSES`. None of them may import NumPy or SciPy before `run`, so that
`kundenkreis --help` stays fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse import duplicates, experiment

if TYPE_CHECKING:
    import argparse


class Analysis(Protocol):
    """What a module of this family offers."""

    def add_parser(self, subparsers: Any) -> argparse.ArgumentParser:
        """Declare the command with its options."""

    def run(self, args: argparse.Namespace) -> int:
        """Do the work, print the answer and return the exit code."""


ANALYSES: dict[str, Analysis] = {"duplicates": duplicates, "experiment": experiment}


def add_parsers(subparsers: Any) -> None:
    """Add `analyse` with everything below it to the main command's sub-commands.

    The chosen analysis is then found as `args.run`, a function of `args`. It raises `DomainError`
    for anything that is wrong with the file or the options.
    """
    family = subparsers.add_parser(
        "analyse", help=_("analyse a file with the product's own engines")
    )
    members = family.add_subparsers(dest="analysis", required=True, metavar=_("ANALYSIS"))
    for analysis in ANALYSES.values():
        analysis.add_parser(members).set_defaults(run=analysis.run)
