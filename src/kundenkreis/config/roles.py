"""The four roles of the product, each one process (with its workers) until told to stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kundenkreis.config import env, limits
from kundenkreis.kernel.backup import running
from kundenkreis.kernel.sides import Side

GIVES_WAY = 5  # of the background to those on whom somebody waits: docs/decisions/0029
SOURCE = Path(__file__).resolve().parents[1]


def serve(role: str, port: int) -> int:
    """Run a role; no restore takes place meanwhile, and none that was cut off is served.

    Raises `BackupRefused`.
    """
    with running.shared(env.folder(Side.ENGAGE)):
        return ROLES[role](port)


def inner(port: int) -> int:
    """Staff pages: WSGI, two workers with threads enough to send away whom they cannot answer."""
    env.hosts()
    return _serve(
        target="kundenkreis.config.wsgi:application",
        port=port,
        interface="wsgi",
        workers=2,
        blocking_threads=limits.THREADS,
        backpressure=limits.CONNECTIONS,
        static_path_route=["/static"],
        static_path_mount=[SOURCE / "ui" / "static"],
        static_path_expires=31_536_000,
    )


def edge(port: int) -> int:
    """The public edge: ASGI, the engage database only. Refuses to run beside crm settings."""
    _know_nothing_of_the_crm()
    from kundenkreis.edge.serving import OPTIONS

    return _serve(target="kundenkreis.config.asgi:application", port=port, **OPTIONS)


def pulse(port: int) -> int:
    """The loop of the engage side: segments, timers, deliveries."""
    _know_nothing_of_the_crm()
    return _loop(Side.ENGAGE)


def worker(port: int) -> int:
    """The loop of the inner side: link, imports, reports."""
    return _loop(Side.CRM)


ROLES: dict[str, Callable[[int], int]] = {
    "inner": inner,
    "edge": edge,
    "pulse": pulse,
    "worker": worker,
}


def _know_nothing_of_the_crm() -> None:
    known = sorted(name for name in os.environ if name.startswith("KUNDENKREIS_CRM"))
    if known:
        raise env.BadSetting(
            f"The public roles must not know the crm, but {', '.join(known)} is set. Start them "
            "with “kundenkreis serve edge” from an environment without it."
        )


def _serve(*, target: str, port: int, **options: Any) -> int:
    env.require_free(port)
    from granian import Granian
    from granian.log import LogLevels

    # The server's own warnings are about its tuning and no help to whoever starts the product.
    log_level = LogLevels(env.text("LOG_LEVEL", "error").lower())
    Granian(
        target=target,
        address=env.text("ADDRESS", "127.0.0.1"),
        port=port,
        websockets=False,
        log_level=log_level,
        respawn_failed_workers=True,
        workers_kill_timeout=2,
        **options,
    ).serve()
    return 0


def _loop(side: Side) -> int:
    from kundenkreis.kernel import garbage
    from kundenkreis.kernel.loop import run_loop

    os.nice(GIVES_WAY)
    garbage.let_it_rest()
    stop = threading.Event()
    # Set explicitly: a background shell starts its children with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    run_loop(side, stop)
    return 0
