"""As many events as the collector takes: connections that send again as soon as they hear.

A process of its own. Requests are made before the clock starts, so that the load costs little.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from bench._tools import percentile

TYPES = ("Product Viewed", "Product Added", "Cart Viewed", "Product List Viewed")


class Connection(asyncio.Protocol):
    """One kept-open connection with one request on the way at a time."""

    def __init__(self, requests: list[bytes], ends: float, answers: Counter[int]) -> None:
        self.requests, self.ends, self.answers = requests, ends, answers
        self.latencies: list[float] = []
        self.sent, self.read = 0.0, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._next()

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, found, body = self.read.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length:
            self.latencies.append(time.perf_counter() - self.sent)
            self.answers[int(head[9:12])] += 1
            self.read = b""
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.answers[0] += exc is not None
            self.done.set_result(None)

    def _next(self) -> None:
        self.sent = time.perf_counter()
        if self.requests and self.sent < self.ends:
            self.transport.write(self.requests.pop())
        else:
            self.transport.close()


def requests(options: argparse.Namespace, connection: int) -> list[bytes]:
    """What one connection may send at most."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    made = []
    for number in range(int(options.most / options.connections / options.batch)):
        calls = []
        for place in range(options.batch):
            who = (number * options.batch + place) * options.connections + connection
            properties = {"cart_id": f"c{who}", "product_id": "p-1", "price": 19.9, "quantity": 1}
            page = {"url": "https://shop.example/p", "path": "/p", "title": "P", "referrer": ""}
            calls.append(
                {
                    "type": "track",
                    "event": TYPES[who % 4],
                    "anonymousId": f"v{who % options.visitors}",
                    "messageId": f"{options.name}-{who}",
                    "timestamp": now,
                    "properties": {**properties, "name": "Lesebrille", "currency": "EUR"},
                    "context": {"locale": "de", "page": page},
                }
            )
        single = options.batch == 1
        content = calls[0] if single else {"batch": calls}
        body = json.dumps({**content, "writeKey": options.key, "sentAt": now}).encode()
        head = f"POST /v1/{'track' if single else 'batch'} HTTP/1.1\r\n"
        head += f"Host: localhost:{options.port}\r\nContent-Type: text/plain\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


async def run(options: argparse.Namespace) -> dict[str, object]:
    loop, answers = asyncio.get_running_loop(), Counter[int]()
    ready = [requests(options, number) for number in range(options.connections)]
    began, cpu = time.perf_counter(), time.process_time()
    connections = []
    for mine in ready:
        ends = began + options.seconds
        _, made = await loop.create_connection(
            lambda mine=mine, ends=ends: Connection(mine, ends, answers), "127.0.0.1", options.port
        )
        connections.append(made)
    await asyncio.gather(*(connection.done for connection in connections))
    took = time.perf_counter() - began
    latencies = [one for connection in connections for one in connection.latencies]
    return {
        "per_second": answers[200] * options.batch / took,
        "events": answers[200] * options.batch,
        "statuses": dict(answers),
        "ran_dry": not all(ready),
        "p50": percentile(latencies, 0.5) * 1000,
        "p95": percentile(latencies, 0.95) * 1000,
        "cpu": time.process_time() - cpu,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--name", required=True, help="what makes the message ids unique")
    parser.add_argument("--visitors", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--batch", type=int, default=1, help="events per request")
    parser.add_argument("--most", type=int, default=100_000, help="events made beforehand")
    print(json.dumps(asyncio.run(run(parser.parse_args()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
