"""Whether the product runs: each of its processes holds a lock that a restore wants for itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from kundenkreis.kernel.backup.errors import BackupRefused

LOCK = "running.lock"
# Where a restore gathers, and the note that says it is taking its place.
NAME, SWITCHING = "restoring", "switching"


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """Run, unless a restore runs, or was cut off where the installation is neither old nor new.

    The folder is that of engage, which every role may open. Raises `BackupRefused`.
    """
    with _locked(folder, fcntl.LOCK_SH, _("A backup is being restored.")):
        if (folder / NAME / SWITCHING).exists():
            raise BackupRefused(
                _("A restore was cut off while it took its place."),
                "",
                _("“kundenkreis setup” brings it to its end; start again after that."),
            )
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let no process of the product run meanwhile. Raises `BackupRefused` while one does."""
    with _locked(folder, fcntl.LOCK_EX, _("The product is running.")):
        yield


@contextmanager
def _locked(folder: Path, kind: int, problem: str) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused(problem, "", _("Stop it, or wait until it is done.")) from error
        yield
    finally:
        os.close(handle)
