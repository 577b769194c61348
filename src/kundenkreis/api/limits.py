"""How fast one token may ask: a bucket that refills, for each token in each web process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock

from kundenkreis.kernel import clock

SAVED = 10  # seconds of a token's rate that it may use at once


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


_buckets: dict[int, _Bucket] = {}
_lock = Lock()


def wait(token: int, rate: int) -> int:
    """Seconds until the token may ask again, 0 where this request is one it may make.

    `rate` is how many it may make per second; 0 knows no limit.
    """
    if not rate:
        return 0
    now = clock.now().timestamp()
    with _lock:
        bucket = _buckets.setdefault(token, _Bucket(rate * SAVED, now))
        bucket.left = min(rate * SAVED, bucket.left + max(now - bucket.at, 0) * rate)
        bucket.at = now
        if bucket.left < 1:
            return max(1, math.ceil((1 - bucket.left) / rate))
        bucket.left -= 1
    return 0
