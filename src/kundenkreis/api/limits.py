"""How fast one token may ask: a bucket that refills, one for each token, in a file that all processes
share."""

from __future__ import annotations

import fcntl
import math
import os
import struct
from pathlib import Path

from kundenkreis.kernel import clock

SAVED = 10  # seconds of a token's rate that it may use at once
_BUCKET = struct.Struct("dd")  # what is left, and when that was so


def wait(folder: Path, token: int, rate: int) -> int:
    """Seconds until the token may ask again, 0 where this request is one it may make.

    `rate` is how many it may make per second; 0 knows no limit.
    """
    if not rate:
        return 0
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / str(token), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        return _taken(file, rate)
    finally:
        os.close(file)


def _taken(file: int, rate: int) -> int:
    """Take one request out of the bucket, or say how long there is none."""
    now, kept = clock.now().timestamp(), os.pread(file, _BUCKET.size, 0)
    left, at = _BUCKET.unpack(kept) if len(kept) == _BUCKET.size else (rate * SAVED, now)
    left = min(rate * SAVED, left + max(now - at, 0) * rate)
    pause = max(1, math.ceil((1 - left) / rate)) if left < 1 else 0
    os.pwrite(file, _BUCKET.pack(left if pause else left - 1, now), 0)
    return pause
