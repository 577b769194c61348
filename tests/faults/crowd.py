"""People and programs who do not wait for each other: requests at a fixed rate, each on a connection
of its own, whatever the answers take (an open loop)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle, islice

LOST = 0  # there was no answer


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status, the seconds since the request was due, when it may come again."""

    path: str
    status: int
    seconds: float
    again: str
    late: float = 0


def request(path: str, **headers: str) -> tuple[str, bytes]:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return path, "\r\n".join([*lines, "", ""]).encode()


def ask_at_once(
    port: int, requests: Iterable[tuple[str, bytes]], *, rate: float, seconds: float
) -> list[Said]:
    """Send so many requests a second, in turns; what became of each. Nobody waits beyond 10 s."""
    chosen = list(islice(cycle(requests), int(rate * seconds)))
    return asyncio.run(_ask(port, chosen, 1 / rate))


def ask_in_turns(port: int, sent: tuple[str, bytes], *, people: int, seconds: float) -> list[Said]:
    """So many people of whom each asks again as soon as they were answered: what it can do."""

    async def person(end: float) -> list[Said]:
        said = []
        while time.perf_counter() < end:
            said.append(await _one(port, *sent, time.perf_counter()))
        return said

    async def all_of_them() -> list[Said]:
        end = time.perf_counter() + seconds
        found = await asyncio.gather(*(person(end) for _ in range(people)))
        return [one for said in found for one in said]

    return asyncio.run(all_of_them())


async def _ask(port: int, chosen: list[tuple[str, bytes]], gap: float) -> list[Said]:
    began, asked = time.perf_counter(), []
    for number, (path, text) in enumerate(chosen):
        due = began + number * gap
        await asyncio.sleep(max(0, due - time.perf_counter()))
        asked.append(asyncio.create_task(_one(port, path, text, due)))
    return list(await asyncio.gather(*asked))


async def _one(port: int, path: str, text: bytes, due: float) -> Said:
    head, writer = b"", None
    late = time.perf_counter() - due
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(text)
            answer = await reader.read()
        head = answer.partition(b"\r\n\r\n")[0].lower()
    except (OSError, TimeoutError):
        pass
    finally:
        if writer is not None:
            writer.close()
    again = head.partition(b"retry-after: ")[2].partition(b"\r\n")[0].decode()
    status = int(head[9:12]) if head else LOST
    return Said(path, status, time.perf_counter() - due, again, late)
