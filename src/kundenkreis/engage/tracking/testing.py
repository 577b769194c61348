"""What tests of tracking and of the collector share: a shop with its sources, and calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from kundenkreis.engage.consent.commands import Statement, record_consent, ship_purposes
from kundenkreis.engage.consent.models import ConsentEntry
from kundenkreis.engage.consent.queries import WEB
from kundenkreis.engage.consent.shipped import ORDERS, SERVER_ANALYTICS, WEB_ANALYTICS
from kundenkreis.engage.tracking.commands import create_source, ingest_batch
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.models import Reason
from kundenkreis.engage.tracking.queries import source_view
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import system

SETUP = system("test")
ORIGIN = "https://shop.example"


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop with its website, its server under contract, and a server that may record all."""

    browser: SourceView
    orders: SourceView
    server: SourceView
    browser_key: str
    orders_key: str
    server_key: str

    def consents(
        self, anonymous_id: str, *, granted: bool = True, at: datetime | None = None
    ) -> None:
        """A visitor's answer to the website's question."""
        statement = Statement(
            subject_kind="anonymous",
            subject=anonymous_id,
            purpose=WEB_ANALYTICS,
            channel=WEB,
            granted=granted,
            at=at or clock.now(),
            origin=ConsentEntry.Origin.WEB,
            namespace=self.browser.namespace,
        )
        record_consent(actor=SETUP, statement=statement)


def make_shop(namespace: str = "shop") -> Shop:
    """Create the sources; each call needs its own namespace."""
    ship_purposes(actor=SETUP)
    browser, browser_key = _source(namespace, "browser", WEB_ANALYTICS, [ORIGIN])
    orders, orders_key = _source(namespace, "server", ORDERS)
    server, server_key = _source(namespace, "server", SERVER_ANALYTICS)
    return Shop(
        source_view(browser),
        source_view(orders),
        source_view(server),
        browser_key,
        orders_key,
        server_key,
    )


def _source(
    namespace: str, kind: str, purpose: str, origins: Sequence[str] = ()
) -> tuple[int, str]:
    source, key = create_source(
        actor=SETUP,
        name=f"{namespace}: {purpose}"[:80],
        kind=kind,
        namespace=namespace,
        purpose=purpose,
        origins=origins,
    )
    return source.pk, key


def track(event: str, *, at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """A track call; names of calls' own fields are taken from `values`, others are properties."""
    own = {"anonymousId", "userId", "messageId", "token", "context", "traits"}
    call = {"type": "track", "event": event, "messageId": str(uuid4())}
    call |= {name: value for name, value in values.items() if name in own}
    if at is not None:
        call["timestamp"] = at.isoformat()
    return {**call, "properties": {k: v for k, v in values.items() if k not in own}}


def identify(user: str, *, at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """An identify call; see `track`."""
    call = track("", at=at, userId=user, **values)
    traits = call.pop("properties")
    del call["event"]
    return {**call, "type": "identify", "traits": traits}


def ingest(
    source: SourceView, *calls: Any, at: datetime | None = None, sent_at: str | None = None
) -> Sequence[Fate | Reason]:
    """Let a source report calls, received `at` (now by default)."""
    return ingest_batch(
        actor=system("collector"),
        source=source,
        calls=calls,
        received_at=at or clock.now(),
        sent_at=sent_at,
    )
