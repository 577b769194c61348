"""Broken on purpose: edges that lack one of the protections, for the tests' controls."""

from __future__ import annotations

from kundenkreis.config import asgi
from kundenkreis.edge.collector.app import Collector
from kundenkreis.edge.collector.bodies import Bodies

asgi.collector = Collector(hosts=asgi.our_host, offers=asgi.Offers, bodies=Bodies(seconds=None))
without_deadline = asgi.application
