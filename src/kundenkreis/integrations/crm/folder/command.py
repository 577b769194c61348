"""The command line of the take-over: paths in, what became of them in plain words or JSON out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.folder import commands, review, sources
from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.integrations.crm.folder.sources import SIDE
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.audit import AT_THE_SHELL
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import working
from kundenkreis.records.models import Transfer
from kundenkreis.records.past.undo import undo

BLOCK = 1 << 20
State = Transfer.State


def run(args: argparse.Namespace) -> int:
    """Take over, go on, or take back. Raises `DomainError`s for what cannot be used."""
    actor = system(AT_THE_SHELL.removeprefix("system:"), "import")
    if args.undo is not None:
        return _undo(actor, commands.transfer(actor, args.undo))
    if args.resume is not None:
        transfer = commands.transfer(actor, args.resume)
    else:
        if not args.paths:
            raise DomainError(_("Name a folder or files."))
        transfer = commands.start(actor, _uploads(args.paths))
    if transfer.state == State.FAILED:
        commands.go_on(actor, transfer)
    _work(transfer, actor)
    if transfer.state == State.ASKING:
        commands.decide(actor, transfer, _decided(transfer, args))
        _work(transfer, actor)
    if transfer.state == State.CHECKED and not args.dry_run:
        commands.carry(actor, transfer)
        _work(transfer, actor)
    if transfer.state == State.FAILED:
        raise DomainError(transfer.problem)
    _tell(transfer, args)
    return 1 if transfer.counts.get("done_failed") else 0


def _uploads(paths: list[Path]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of all paths, in the order of their names; links that lead elsewhere are left."""
    for path in paths:
        if not path.exists():
            raise DomainError(_("There is no %s.") % path)
        inner = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inner:
            hidden = any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
            if file.is_file() and not file.is_symlink() and not hidden:
                name = file.relative_to(path) if path.is_dir() else file.name
                yield str(name), _blocks(file)


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise DomainError(_("The file %s cannot be read.") % path.name, str(error)) from error


def _work(transfer: Transfer, actor: Actor) -> None:
    while working.go_on(SIDE, transfer.pk, actor):
        pass
    transfer.refresh_from_db()


def _decided(transfer: Transfer, args: argparse.Namespace) -> dict[str, Any]:
    names = sources.names(transfer)
    order = []
    for said in args.order:
        fitting = [
            at for at, name in enumerate(names) if name == said or name.startswith(f"{said} ·")
        ]
        if said == "base":
            fitting = [BASE_PART]
        if not fitting:
            raise DomainError(_("There is no file “%s”.") % said)
        order += fitting
    source, basis = args.source, args.legal_basis
    if args.dry_run:  # nothing is kept, so nothing has to be said for it yet
        source, basis = source or "?", basis or "interest"
    rule = "newest" if args.newest else ""
    return {"source": source, "legal_basis": basis, "order": order, "rule": rule}


def _undo(actor: Actor, transfer: Transfer) -> int:
    commands.note_undo(actor, transfer)
    done = undo(actor, SIDE, transfer.batch)
    sys.stdout.write(_("%(n)s records are as they were before.") % {"n": done.count} + "\n")
    for one in done.left:
        sys.stdout.write(f"{one}\n")
    return 1 if done.left else 0


def _tell(transfer: Transfer, args: argparse.Namespace) -> None:
    if args.report:
        args.report.write_text("".join(review.report_lines(transfer)), "utf-8")
    if args.json:
        json.dump(_plain(transfer), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    write = sys.stdout.write
    for file in review.files(transfer):
        write(f"{file['name']}: {file['label']} {file['system']} ({file['rows']:,})\n")
    for one in review.totals(transfer):
        write(
            _("%(label)s: %(new)s new, %(known)s there already, %(merged)s rows merged") % one
            + "\n"
        )
    counts = transfer.counts
    text = _(
        "%(conflicts)s conflicts, %(review)s pairs to look at, %(problems)s things not carried"
    )
    names = ("conflicts", "review")
    said = {name: counts.get(name, 0) for name in names}
    write(text % {**said, "problems": sum(1 for _one in review.all_problems(transfer))} + "\n")
    for one in review.problems(transfer, most=10):
        write(f"  {one['file']}:{one['line']} {one['what']} {one['value']!r}: {one['why']}\n")
    if not args.dry_run:
        write(_("This is number %s; --undo takes all of it back.") % transfer.pk + "\n")


def _plain(transfer: Transfer) -> dict[str, Any]:
    most = 10_000
    return {
        "number": transfer.pk,
        "state": transfer.state,
        "files": review.files(transfer),
        "left": transfer.found.get("left", []),
        "totals": review.totals(transfer),
        "counts": transfer.counts,
        "merged": review.merged(transfer, most=most),
        "conflicts": review.conflicts(transfer, most=most),
        "review": review.open_pairs(transfer, most=most),
        "not_carried": review.problems(transfer, most=most),
    }
