"""Reports orders to the edge with the shop's secret key, again and again until it confirms."""

from __future__ import annotations

import base64
import json
import logging
import random
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Thread
from urllib.parse import urlsplit

from .store import Report, Store, text

TIMEOUT = 10  # seconds
GRACE = 2  # seconds for the report on the way at the end; an unconfirmed one is sent again
SHORTEST, LONGEST = 0.5, 60.0  # seconds between two tries of one report
RETRY_AFTER_LIMIT = 600.0  # seconds
log = logging.getLogger("shop")


class Delivery(Thread):
    """Sends open reports one after the other; `wake()` after a new order, `stop()` at the end."""

    def __init__(self, store: Store, edge: str, secret: str) -> None:
        super().__init__(name="delivery", daemon=True)
        self._store = store
        self._edge = urlsplit(edge)
        token = base64.b64encode(f"{secret}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        self._wake = Event()
        self._stopping = False

    def wake(self) -> None:
        """Looks for open reports now."""
        self._wake.set()

    def stop(self) -> None:
        """Ends after the report on the way; what is open is sent by the next start."""
        self._stopping = True
        self._wake.set()
        self.join(GRACE)

    def run(self) -> None:
        """Loops until stopped."""
        while not self._stopping:
            report = self._store.due_report(datetime.now(UTC))
            if report is None:
                self._wake.wait(SHORTEST)
                self._wake.clear()
            else:
                self._deliver(report)

    def _deliver(self, report: Report) -> None:
        try:
            status, answer, after = self._post(report)
        except (OSError, HTTPException) as error:
            status, answer, after = 0, str(error) or type(error).__name__, 0.0
        now = datetime.now(UTC)
        if status == 200:
            self._store.reported(report, answer, now)
            return
        # A refusal (4xx) is retried too: a wrong key can be put right, an order must not be lost.
        wait = min(LONGEST, SHORTEST * 2 ** min(report.attempts, 10)) * random.uniform(0.8, 1.2)  # noqa: S311
        wait = max(wait, min(after, RETRY_AFTER_LIMIT))
        log.warning(
            "order %s not reported (%s %s), again in %.1f s", report.order_id, status, answer, wait
        )
        self._store.postpone(report, f"{status} {answer}", now + timedelta(seconds=wait))

    def _post(self, report: Report) -> tuple[int, str, float]:
        kind = HTTPSConnection if self._edge.scheme == "https" else HTTPConnection
        connection = kind(self._edge.netloc, timeout=TIMEOUT)
        try:
            body = json.dumps({**report.body, "sentAt": text(datetime.now(UTC))})
            connection.request("POST", "/v1/track", body, self._headers)
            response = connection.getresponse()
            answer = response.read(2000).decode("utf-8", "replace")
            after = response.headers.get("Retry-After", "")
            return response.status, answer, float(after) if after.isdigit() else 0.0
        finally:
            connection.close()
