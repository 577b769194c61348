"""How the public edge is served: options for granian, one process that writes."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

from granian.http import HTTP1Settings

from kundenkreis.kernel import garbage

HEADER_SECONDS = 10
_OPEN_FILES = 8_192

OPTIONS: dict[str, Any] = {
    "interface": "asgi",
    # One process: SQLite has one writer anyway, and a group commit is the larger the more wait.
    "workers": 1,
    "runtime_threads": 1,
    # Under 2,000 events a second a quarter less latency than asyncio's own loop.
    "loop": "uvloop",
    "http": "1",
    # Slow headers end at the server, slow bodies in the collector.
    "http1_settings": HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1_000),
    "backlog": 2_048,
    # Connections at the same time; idle and slow ones must not keep the others out.
    "backpressure": 4_096,
    "static_path_route": ["/static"],
    "static_path_mount": [Path(__file__).resolve().parents[1] / "ui" / "static"],
    "static_path_expires": 31_536_000,
}


def hand_over_quickly() -> None:
    """Let the threads of this process hand over quickly, and the collector of garbage rest.

    The writer gives up the interpreter at every statement; with Python's 5 ms it would wait longer
    for it than the database works.
    """
    sys.setswitchinterval(0.000_5)
    garbage.let_it_rest()


def allow_connections() -> None:
    """Raise the soft limit of open files, which is often lower than the connections we accept."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
