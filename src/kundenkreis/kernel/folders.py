"""Folders that several users of the operating system share, as the public roles share engage's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_GIVES_ITS_GROUP = stat.S_ISGID | stat.S_IWGRP


def share(path: Path, mode: int) -> None:
    """Let the group of a shared folder have a file in it, whatever the umask it was made with.

    Only files of our own, and only where the folder hands on its group and lets it write: that is
    how an administrator says that it is shared.
    """
    shared = path.parent.stat().st_mode & _GIVES_ITS_GROUP == _GIVES_ITS_GROUP
    if not shared:
        return
    # Whoever may write to the folder may also have laid a link there; it is not followed.
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        known = os.fstat(file)
        if stat.S_ISREG(known.st_mode) and known.st_uid == os.geteuid():
            os.fchmod(file, mode)
    finally:
        os.close(file)
