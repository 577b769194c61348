"""Taking single values out of what the audit says, so that it can still be verified.

Of a change from which something was taken the digest of what it said is kept, without its salt, so
that nobody can try values on it; an entry of its own, sealed like every other, says how what is
left reads. An altered remainder is found, and so is a value taken out by anybody else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from itertools import batched
from typing import Any

from kundenkreis.kernel import audit
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.transactions import current

PIECE = 500
# Of a target, a field and a value: whether it is to go.
IsWrong = Callable[[str, str, Any], bool]


def redact(actor: Actor, targets: Iterable[str], wrong: IsWrong) -> int:
    """Take values out of what the audit says of some records; returns out of how many changes."""
    alias, taken = current().side.alias, 0
    rows = AuditChange.objects.using(alias).select_related("entry")
    for some in batched(sorted(set(targets)), PIECE, strict=False):
        for change in rows.filter(entry__target__in=some).order_by("pk"):
            left = _without(change, wrong)
            if left != change.fields:
                _rewrite(actor, change, left)
                taken += 1
    return taken


def _without(change: AuditChange, wrong: IsWrong) -> dict[str, Any]:
    target = change.entry.target
    return {
        name: [audit.HIDDEN if wrong(target, name, value) else value for value in pair]
        for name, pair in change.fields.items()
    }


def _rewrite(actor: Actor, change: AuditChange, left: dict[str, Any]) -> None:
    inner = change.inner or audit.inner(change.salt, change.fields)
    salt = secrets.token_hex(16)
    here = AuditChange.objects.using(current().side.alias).filter(pk=change.pk)
    here.update(fields=left, salt=salt, inner=inner)
    attested = {"left": [None, audit.inner(salt, left)]}
    audit.note(actor, "redact", audit.redacted(change.pk), attested)
