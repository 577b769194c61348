"""Password hashes, of which at most two are worked out at the same time.

One costs a third of a second and 100 MiB on purpose: a few dozen log-ins at once would stop the
machine. Every way to a hash goes through the hasher, so none can forget to take its turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.slots import Slots

# With eight threads in each of two workers there is always somebody who answers other requests.
HASHES = Slots("hash", places=2, waiting=4, patience=3.0)
# The first of these two places only: whoever guesses passwords leaves the other one to those who log in
# where they have done so before.
OF_STRANGERS = Slots("hash", places=1, waiting=2, patience=3.0)
_hashes: ContextVar[Slots | None] = ContextVar("hashes", default=None)


def locks() -> Path:
    """The folder of what all processes of an installation lock."""
    return Path(settings.FOLDERS[Side.CRM]) / "locks"


@contextmanager
def as_stranger() -> Iterator[None]:
    """Whoever checks a password inside is in a place that nobody knows."""
    token = _hashes.set(OF_STRANGERS)
    try:
        yield
    finally:
        _hashes.reset(token)


def _turn() -> Slots:
    return _hashes.get() or HASHES


class Argon2InTurn(Argon2PasswordHasher):
    """Django's Argon2 hasher; raises `Overloaded` when there is no turn within three seconds."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        with _turn().one(locks()):
            return super().encode(*args, **kwargs)

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        with _turn().one(locks()):
            return super().verify(*args, **kwargs)
