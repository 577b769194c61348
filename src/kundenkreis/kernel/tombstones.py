"""Who was erased, so that they do not come back by themselves: keyed hashes of what they went by.

A name is a text such as `email|jana@example.org`; who makes names knows its forms. The hash needs a
secret that lies outside of the database, so that nobody can try addresses on a copy of it. What a
person does after they were erased is theirs to do: a tombstone speaks of what was before.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256

from django.conf import settings

from kundenkreis.kernel import clock
from kundenkreis.kernel.models import Tombstone
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import current


@cache
def _key(side: Side) -> bytes:
    text: str = settings.SECRET_FILES[side].read_text()
    return f"tombstone|{text}".encode()


def forget_keys() -> None:
    """Read the secrets anew: what is worked on is another installation."""
    _key.cache_clear()


def owner(side: Side) -> str:
    """Stands for the secret by which hashes of a side are made, without telling it."""
    return hmac.new(_key(side), b"owner", sha256).hexdigest()[:12]


def digest(side: Side, name: str) -> str:
    """The keyed hash of a name; each side has a key of its own."""
    return hmac.new(_key(side), name.encode(), sha256).hexdigest()


def bury(names: Iterable[str], at: datetime | None = None) -> list[str]:
    """Remember on the side of the unit in progress that who went by these names was erased."""
    side, at = current().side, at or clock.now()
    digests = sorted({digest(side, name) for name in names})
    bury_digests(digests, at)
    return digests


def bury_digests(digests: Iterable[str], at: datetime) -> None:
    """The same for hashes that were kept elsewhere."""
    rows = Tombstone.objects.using(current().side.alias)
    wanted = list(digests)
    rows.filter(digest__in=wanted).update(at=at)
    rows.bulk_create([Tombstone(digest=one, at=at) for one in wanted], ignore_conflicts=True)


def buried(side: Side, names: Iterable[str]) -> dict[str, datetime]:
    """Those of the names that somebody who was erased went by, each with when that was."""
    rows = Tombstone.objects.using(side.alias)
    wanted = set(names)
    if not wanted or not rows.exists():
        return {}
    by_digest = {digest(side, name): name for name in wanted}
    found = rows.filter(digest__among=list(by_digest)).values_list("digest", "at")
    return {by_digest[one]: at for one, at in found}


def known(side: Side, digests: Iterable[str]) -> set[str]:
    """Those of the hashes that are remembered."""
    rows = Tombstone.objects.using(side.alias).filter(digest__in=list(digests))
    return set(rows.values_list("digest", flat=True))
