"""The command line of the record import: options in, counts in plain words out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named, working
from kundenkreis.records.exchange import commands, reports, review, words
from kundenkreis.records.exchange.matching import key_name
from kundenkreis.records.models import Transfer

BLOCK = 1 << 20


def run(args: argparse.Namespace) -> int:
    """Import files. Raises `DomainError`s when a file or an option cannot be used."""
    actor = system("import")
    try:
        kind = named(args.type)
    except LookupError as error:
        raise DomainError(str(error)) from None
    uploads = [(path.name, _blocks(path)) for path in args.files]
    transfer = commands.start_import(kind, actor, uploads)
    _work(kind, transfer, actor)
    if transfer.state == Transfer.State.ASKING:
        # Nobody looks at the rows in between, so nothing is checked that is then done anyway.
        decided = _decided(kind, transfer, args)
        commands.decide_import(kind, actor, transfer, decided, at_once=not args.dry_run)
        _work(kind, transfer, actor)
    if not args.dry_run and transfer.state == Transfer.State.CHECKED:
        commands.run_import(kind, actor, transfer)
        _work(kind, transfer, actor)
    if transfer.state == Transfer.State.FAILED:
        raise DomainError(transfer.problem)
    _tell(kind, transfer, args)
    return 1 if transfer.counts.get("failed") else 0


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise DomainError(_("The file %s cannot be read.") % path.name, str(error)) from error


def _work(kind: Any, transfer: Transfer, actor: Actor) -> None:
    while working.go_on(kind.side, transfer.pk, actor):
        pass
    transfer.refresh_from_db()


def _decided(kind: Any, transfer: Transfer, args: argparse.Namespace) -> dict[str, Any]:
    header, mapping = transfer.found["header"], list(transfer.asked["mapping"])
    for title, name in map(_pair, args.column):
        if title not in header:
            raise DomainError(_("There is no column “%s” in the file.") % title)
        mapping[header.index(title)] = name
    keys = args.key
    if keys is None:
        keys = [key_name(key) for key in kind.exchange.keys if not key.weak]
    return {
        "mapping": mapping, "mode": args.mode, "keys": keys, "makes": args.make,
        "constants": dict(map(_pair, args.value)),
    }  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise DomainError(_("“%s” needs a name and a value with “=” between them.") % text)
    return name, value


def _tell(kind: Any, transfer: Transfer, args: argparse.Namespace) -> None:
    word = words.would_word if args.dry_run else words.became_word
    said = [f"{n:,} {what}" for what, n in review.tally(transfer, word)]
    sys.stdout.write(f"{kind.label_plural}: {', '.join(said)}\n")
    if args.errors and not args.dry_run:
        lines = reports.lines(kind, transfer, only_failed=True)
        args.errors.write_text("".join(lines), "utf-8")
