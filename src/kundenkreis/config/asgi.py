"""The public edge's ASGI application: the collector first, Django for everything else."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenkreis.config.settings.edge")

pages = get_asgi_application()

from django.conf import settings  # noqa: E402 - Django has to be set up before
from django.http.request import split_domain_port, validate_host  # noqa: E402

from kundenkreis.edge.collector.app import Collector  # noqa: E402
from kundenkreis.edge.offers.endpoints import Offers  # noqa: E402
from kundenkreis.edge.serving import allow_connections, hand_over_quickly  # noqa: E402

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@lru_cache(maxsize=256)
def our_host(host: str) -> bool:
    """Whether a Host header names this edge."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


collector = Collector(hosts=our_host, offers=Offers, proxied=settings.TLS)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Pass a request on, and start and stop the collector with the server."""
    if scope["type"] == "http" and collector.serves(scope["path"]):
        await collector(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await pages(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            allow_connections()
            hand_over_quickly()
            collector.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            collector.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
