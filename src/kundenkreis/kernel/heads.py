"""Heads of the sealed audit: its newest seal as a line of text, to be kept where nobody who can
write to the database can.

The chain alone does not show that its end was cut off, or that all of it was sealed anew; a head
kept elsewhere does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils.translation import gettext as _

from kundenkreis.kernel.audit import START
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import AuditEntry, AuditSeal
from kundenkreis.kernel.sides import Side

NEVER = "-"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal of a side: its number (0 before the first), its entry's instant, its digest."""

    side: Side
    number: int
    at: datetime | None
    chain: str

    def __str__(self) -> str:
        return f"{self.side} {self.number} {self.at.isoformat() if self.at else NEVER} {self.chain}"

    @classmethod
    def read(cls, line: str) -> Self:
        """The head that a line says. Raises `DomainError`."""
        try:
            side, number, at, chain = line.split()
            when = None if at == NEVER else datetime.fromisoformat(at)
            if len(chain) != len(START):
                raise ValueError
            return cls(Side(side), int(number), when, f"{int(chain, 16):064x}")
        except ValueError as error:
            raise DomainError(
                _("“%(line)s” is no head of the audit.") % {"line": line[:120].strip()},
                _("A head has a side, a number, an instant and a digest of 64 digits."),
                _("Give the lines as “kundenkreis audit-head” printed them."),
            ) from error


def newest(side: Side) -> Head:
    """The head of a side as it is now."""
    seal = AuditSeal.objects.using(side.alias).order_by("-id").first()
    if seal is None:
        return Head(side, 0, None, START)
    # An entry that was deleted leaves its seal, and no instant.
    entries = AuditEntry.objects.using(side.alias).filter(pk=seal.entry_id)
    return Head(side, seal.pk, entries.values_list("at", flat=True).first(), seal.chain)


def read(lines: Iterable[str]) -> list[Head]:
    """The heads of a file to which `audit-head` may have been added many times. Raises `DomainError`."""
    found = [Head.read(line) for line in lines if line.strip()]
    if not found:
        raise DomainError(
            _("There is no head of the audit in it."),
            _("Without one, nothing shows whether the end of the audit is missing."),
            _("Give a file that “kundenkreis audit-head” has written."),
        )
    return found


def broken(kept: Iterable[Head]) -> Iterator[tuple[Head, str]]:
    """Each of the heads that the audit does not agree with any more, and what became of it."""
    for head in kept:
        seals = AuditSeal.objects.using(head.side.alias)
        chain = seals.filter(pk=head.number).values_list("chain", flat=True).first()
        if head.number == 0 or chain == head.chain:
            continue
        # What is sealed after a cut continues the chain without a fault: only the number is gone.
        yield head, "cut off" if chain is None else "sealed anew"
