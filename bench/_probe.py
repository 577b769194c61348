"""One visitor at a time: event, membership, decision, as a browser would live through it."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench._http import Client

PAUSE = 0.02  # between two questions for a decision; a browser asks less often
GIVE_UP = 10.0
_numbers = itertools.count(1)


@dataclass(slots=True)
class Lived:
    """Seconds of everything that visitors went through."""

    accepted: list[float] = field(default_factory=list)  # an event, until it was durable
    offered: list[float] = field(default_factory=list)  # from sending the event to an offer
    decided: list[float] = field(default_factory=list)  # each answer to "what is due now?"
    lost: int = 0


def live(port: int, key: str, lived: Lived, *, seconds: float = 1e9, visitors: int = 10**9) -> None:
    """Let visitors come one after the other for a time, or so many."""
    client, end = Client("localhost", port), time.monotonic() + seconds
    for _ in range(visitors):
        if time.monotonic() >= end:
            return
        _visit(client, key, f"probe-{next(_numbers)}-{time.time_ns()}", lived)


def live_together(port: int, key: str, seconds: float, people: int = 2) -> Lived:
    """The same in some threads at once."""
    lived = Lived()
    threads = [
        threading.Thread(target=live, args=(port, key, lived), kwargs={"seconds": seconds})
        for _ in range(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return lived


def consent(client: Client, key: str, cookie: str) -> None:
    """What must come first; not part of any figure."""
    _post(client, "/v1/consent", key, {"anonymousId": cookie, "granted": True, "at": _now()})


def cart(client: Client, key: str, cookie: str) -> float:
    """Put something into the cart; the seconds until that was durable."""
    return _post(
        client, "/v1/track", key,
        {"event": "Product Added", "messageId": f"{cookie}-1", "anonymousId": cookie,
         "timestamp": _now(), "properties": {"cart_id": cookie}},
    )  # fmt: skip


def decision(client: Client, key: str, cookie: str) -> tuple[float, bool]:
    """Ask once; the seconds it took, and whether a campaign is due."""
    answer = client.get(f"/v1/decide?k={key}&a={cookie}&l=en")
    if answer.status != 200:
        raise RuntimeError(f"/v1/decide answers {answer.status}: {answer.text[:300]}")
    return answer.seconds, bool(answer.json["offers"])


def _visit(client: Client, key: str, cookie: str, lived: Lived) -> None:
    consent(client, key, cookie)
    began = time.perf_counter()
    lived.accepted.append(cart(client, key, cookie))
    while time.perf_counter() < began + GIVE_UP:
        seconds, due = decision(client, key, cookie)
        lived.decided.append(seconds)
        if due:
            lived.offered.append(time.perf_counter() - began)
            return
        time.sleep(PAUSE)
    lived.lost += 1


def _post(client: Client, path: str, key: str, values: dict[str, object]) -> float:
    answer = client.post(path, {"writeKey": key, "sentAt": _now(), **values})
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}: {answer.text[:300]}")
    return answer.seconds


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
