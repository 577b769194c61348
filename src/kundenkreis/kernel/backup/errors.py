"""What can be wrong with a backup; each has an exit status of its own for whoever runs it by night."""

from __future__ import annotations

from typing import ClassVar

from kundenkreis.kernel.errors import DomainError


class BackupRefused(DomainError):
    """It was not begun, or given up; nothing has changed."""

    exit: ClassVar[int] = 1


class WrongKey(BackupRefused):
    """The key is not the one it was made with."""

    exit = 3


class Damaged(BackupRefused):
    """A file is broken, cut short or was tampered with."""

    exit = 4
