"""Visitors who do not wait for each other: events at a fixed rate, whatever the answers take.

A process of its own. Latency counts from the instant an event was due, so that a server that
stalls does not make the load wait with it (no coordinated omission).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter, deque
from datetime import UTC, datetime

from bench._audience import event_type, visitor
from bench._tools import percentile

CONNECTIONS = 256
DRAIN = 5.0  # seconds to wait for the last answers


class Connection(asyncio.Protocol):
    """One kept-open connection with at most one request on the way."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.due = 0.0
        self.read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self.load.idle.append(self)

    def send(self, due: float, request: bytes) -> None:
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, found, body = self.read.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length:
            self.read = b""
            self.load.answered(self, int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.due:
            self.load.statuses["lost"] += self.load.options.batch
        elif self in self.load.idle:
            # Idle for longer than the server waits for a next request: a client connects again.
            self.load.idle.remove(self)
            self.load.connect()


class Load:
    """The whole load and what became of it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.idle: list[Connection] = []
        self.waiting: deque[float] = deque()
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.dice = random.Random(1962)
        self.sent = 0
        self.connecting: set[asyncio.Task[None]] = set()

    def connect(self) -> None:
        """Open one more connection, without waiting for it."""
        self.connecting.add(task := asyncio.ensure_future(self._connected()))
        task.add_done_callback(self.connecting.discard)

    async def _connected(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Connection(self), "localhost", self.options.port)

    async def run(self) -> dict[str, object]:
        options = self.options
        for _ in range(CONNECTIONS):
            await self._connected()
        began, planned = time.perf_counter(), 0
        total = int(options.rate * options.seconds / options.batch)
        gap = options.batch / options.rate
        while (now := time.perf_counter()) < began + options.seconds + DRAIN:
            while planned < total and began + planned * gap <= now:
                self.waiting.append(began + planned * gap)
                planned += 1
            while self.waiting and self.idle:
                self._send(self.idle.pop())
            if planned == total and len(self.latencies) == total:
                break
            await asyncio.sleep(0.001)
        accepted = self.statuses["200"]
        return {
            "offered": total * options.batch,
            "accepted": accepted,
            "per_second": accepted / (time.perf_counter() - began),
            "statuses": dict(self.statuses),
            "unanswered": (total - len(self.latencies)) * options.batch,
            "p50": percentile(self.latencies, 0.5) * 1000,
            "p95": percentile(self.latencies, 0.95) * 1000,
            "p99": percentile(self.latencies, 0.99) * 1000,
            "cpu": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
        }

    def answered(self, connection: Connection, status: int) -> None:
        self.latencies.append(time.perf_counter() - connection.due)
        self.statuses[str(status)] += self.options.batch
        connection.due = 0.0
        if self.waiting:
            self._send(connection)
        else:
            self.idle.append(connection)

    def _send(self, connection: Connection) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        calls = [self._call(now) for _ in range(self.options.batch)]
        envelope = {"writeKey": self.options.key, "sentAt": now}
        single = self.options.batch == 1
        content = {**calls[0], **envelope} if single else {"batch": calls, **envelope}
        body = json.dumps(content).encode()
        path = "track" if single else "batch"
        head = f"POST /v1/{path} HTTP/1.1\r\nHost: localhost:{self.options.port}\r\n"
        head += f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.send(self.waiting.popleft(), head.encode() + body)

    def _call(self, now: str) -> dict[str, object]:
        self.sent += 1
        who = self.dice.randrange(self.options.visitors) + 1
        return {
            "type": "track",
            "event": event_type(self.dice.randrange(100)),
            "messageId": f"load-{self.options.port}-{self.sent}",
            "anonymousId": visitor(who),
            "timestamp": now,
            "properties": {"cart_id": f"cart-{who}", "price": 19.9, "currency": "EUR"},
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--visitors", type=int, required=True)
    parser.add_argument("--rate", type=float, default=2000, help="events per second")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--batch", type=int, default=1, help="events per request")
    print(json.dumps(asyncio.run(Load(parser.parse_args()).run())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
