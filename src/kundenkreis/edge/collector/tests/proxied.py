"""An edge as it is behind a proxy, but without the redirection to https."""

from __future__ import annotations

from kundenkreis.config import asgi
from kundenkreis.edge.collector.app import Collector

asgi.collector = Collector(hosts=asgi.our_host, offers=asgi.Offers, proxied=True)
application = asgi.application
