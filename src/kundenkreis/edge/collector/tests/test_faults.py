"""What the collector does when clients are slow, too many, or gone, and when the database is."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.tests.calls import basic, events, track
from kundenkreis.edge.collector.tests.conftest import StartEdge
from kundenkreis.edge.serving import HEADER_SECONDS
from kundenkreis.edge.testing import Edge

pytestmark = pytest.mark.fault

SLOW = 200  # of each kind
TOLERANCE = 4  # seconds, on a busy machine
WITHOUT_DEADLINE = "kundenkreis.edge.collector.tests.variants:without_deadline"


async def slow_connection(port: int, beginning: bytes, patience: float) -> tuple[float, bytes]:
    """Send a beginning and then a byte a second; says after how long the edge ended it, and how."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(beginning)
    began = time.monotonic()
    answer = b""

    async def drip() -> None:
        while True:
            await asyncio.sleep(1)
            writer.write(b"x")

    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(patience):
            answer = await reader.read()
    except TimeoutError:
        return patience, b"still open"
    except ConnectionError:
        pass
    finally:
        dripping.cancel()
        writer.close()
    return time.monotonic() - began, answer


async def besiege(edge: Edge, patience: float) -> tuple[list[tuple[float, bytes]], Counter[int]]:
    """Slow headers and slow bodies while normal requests go on; what became of both."""
    key = edge.keys["server"]
    headers = b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    body = (
        b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n"
        b'{"writeKey": "' + key.encode()
    )
    slow = [
        asyncio.create_task(slow_connection(edge.port, beginning, patience))
        for beginning in (headers, body)
        for _ in range(SLOW)
    ]
    await asyncio.sleep(1)
    answers: Counter[int] = Counter()

    def ask() -> int:
        call = {**track("A", "besieged"), "writeKey": key}
        return edge.ask("/v1/track", call, timeout=5).status

    while not all(task.done() for task in slow):
        try:
            answers[await asyncio.to_thread(ask)] += 1
        except OSError:
            answers[0] += 1
        await asyncio.sleep(0.1)
    return [await task for task in slow], answers


def test_f23_slow_headers_and_bodies_end_by_our_own_deadline_while_others_go_on(
    start_edge: StartEdge,
) -> None:
    with start_edge() as edge:
        ended, answers = asyncio.run(besiege(edge, patience=30))
        assert set(answers) == {200}
        assert answers[200] > 20
    headers, bodies = ended[:SLOW], ended[SLOW:]
    for deadline, some in ((HEADER_SECONDS, headers), (limits.BODY_SECONDS, bodies)):
        assert min(seconds for seconds, _ in some) > deadline - 1
        assert max(seconds for seconds, _ in some) < deadline + TOLERANCE
    assert {answer[:12] for _, answer in bodies} == {b"HTTP/1.1 408"}


def test_f23_control_without_our_deadline_slow_bodies_stay(start_edge: StartEdge) -> None:
    with start_edge(application=WITHOUT_DEADLINE) as edge:
        ended, _ = asyncio.run(besiege(edge, patience=limits.BODY_SECONDS + TOLERANCE))
    assert {answer for _, answer in ended[SLOW:]} == {b"still open"}


def test_overload_is_shed_at_once_and_what_was_accepted_is_stored(start_edge: StartEdge) -> None:
    """While the database takes nothing, the queue fills up to its limit and no further."""
    with start_edge() as edge, ExitStack() as stack, ThreadPoolExecutor(80) as pool:
        release = stack.enter_context(locked(edge))
        waiting = [
            pool.submit(send_batch, edge, kind, f"{kind}{number}")
            for number in range(35)
            for kind in ("server", "orders")
        ]
        refused = wait_for_refusals(waiting, at_least=15)
        assert {status for status, _, _ in refused} <= {429, 503}
        assert max(seconds for _, seconds, _ in refused) < 5
        assert all(int(retry) >= 1 for _, _, retry in refused)
        release.set()
        answers = [future.result() for future in waiting]
        accepted = sum(status == 200 for status, _, _ in answers)
        assert 0 < accepted * 400 <= limits.QUEUE_ITEMS + limits.GROUP_ITEMS
        stored = edge.rows("SELECT count(*) FROM engage_tracking_event")
        assert stored == [(accepted * 400,)]
        assert send_batch(edge, "server", "afterwards")[0] == 200


def send_batch(edge: Edge, kind: str, visitor: str) -> tuple[int, float, str]:
    """Status, seconds and Retry-After of a batch of 400 calls."""
    name = "load" if kind == "server" else "Order Updated"
    batch = [track(name, visitor, userId=visitor) for _ in range(400)]
    began = time.monotonic()
    answer = edge.ask("/v1/batch", {"batch": batch}, headers=basic(edge.keys[kind]), timeout=60)
    return answer.status, time.monotonic() - began, answer.headers.get("retry-after", "")


def test_a_database_that_takes_nothing_is_a_503_and_nobodys_fault(start_edge: StartEdge) -> None:
    with start_edge() as edge:
        table = "engage_tracking_event"
        edge.write(f"ALTER TABLE {table} RENAME TO away")
        call = {**track("A", "patient"), "writeKey": edge.keys["server"]}
        answer = edge.ask("/v1/track", call)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
        edge.write(f"ALTER TABLE away RENAME TO {table}")
        assert edge.ask("/v1/track", call).status == 200
        assert events(edge, "patient") == ["A"]


def limit_files(edge: Edge, size: int) -> None:
    """No file of the edge may grow beyond a size, as on a disk that is full."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(process.name)) == edge.process.pid:
                resource.prlimit(int(process.name), resource.RLIMIT_FSIZE, (size, -1))


def test_f06_a_full_disk_is_a_503_loses_nothing_and_needs_no_restart(start_edge: StartEdge) -> None:
    answers = Counter[int]()

    def send(edge: Edge) -> int:
        status, _, _ = send_batch(edge, "server", str(uuid.uuid4()))
        answers[status] += 1
        return status

    with start_edge() as edge:
        if edge.database:
            pytest.skip("the disk of a database server is not ours to fill")
        folder = edge.home / "engage"
        limit_files(edge, max(one.stat().st_size for one in folder.iterdir()) + 1_000_000)
        while answers[503] < 3 and answers.total() < 100:
            send(edge)
        assert answers[503] == 3
        assert edge.ask("/health/").status == 200
        limit_files(edge, -1)
        assert send(edge) == 200
        assert set(answers) == {200, 503}
        assert answers[200] > 1  # some were taken before it was full
        assert edge.rows("SELECT count(*) FROM engage_tracking_event") == [(400 * answers[200],)]
        assert edge.rows("PRAGMA integrity_check") == [("ok",)]


def test_f16_an_item_no_database_takes_is_rejected_alone(start_edge: StartEdge) -> None:
    """It passes every check of ours and breaks the whole transaction of its neighbours."""
    with start_edge() as edge:
        refuse_events_named(edge, "Poison")
        batch = [track(f"E{number}", "many") for number in range(50)]
        batch[7] = track("Poison", "many", messageId="poison-1")
        batch[31] = track("Poison", "many", messageId="poison-2")
        answer = edge.ask("/v1/batch", {"batch": batch}, headers=basic(edge.keys["server"]))
        assert answer.status == 200
        rejected = [(one["messageId"], one["reason"]) for one in answer.json["rejected"]]
        assert rejected == [("poison-1", "unstorable"), ("poison-2", "unstorable")]
        assert len(events(edge, "many")) == 48
        listed = edge.rows("SELECT reason FROM engage_tracking_rejecteditem")
        assert listed == [("unstorable",), ("unstorable",)]


def refuse_events_named(edge: Edge, name: str) -> None:
    if edge.database:
        edge.write(f"ALTER TABLE engage_tracking_event ADD CHECK (type <> '{name}')")
    else:
        edge.write(
            "CREATE TRIGGER refuse BEFORE INSERT ON engage_tracking_event "
            f"WHEN NEW.type = '{name}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )


def test_f11_what_was_acknowledged_survives_a_kill(start_edge: StartEdge) -> None:
    """The process is killed in the middle of the load; each 200 is found afterwards."""
    acknowledged: list[str] = []
    with start_edge() as edge:
        stop = threading.Event()

        def load() -> None:
            while not stop.is_set():
                call = {**track("A", str(uuid.uuid4())), "writeKey": edge.keys["server"]}
                try:
                    if edge.ask("/v1/track", call, timeout=5).status == 200:
                        acknowledged.append(call["messageId"])
                except (OSError, ValueError):
                    return

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        os.killpg(edge.process.pid, signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join(10)
        stored = {name for (name,) in edge.rows("SELECT message_id FROM engage_tracking_event")}
        people = edge.rows("SELECT count(*) FROM engage_profiles_profile")
        assert len(acknowledged) > 50
        assert set(acknowledged) <= stored
        assert people == [(len(stored),)]


def test_it_writes_what_is_waiting_before_it_ends(start_edge: StartEdge) -> None:
    with start_edge() as edge, ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(send_batch, edge, "server", f"v{number}") for number in range(4)]
        time.sleep(0.2)
        edge.stop()
        answers = []
        for future in sent:
            try:
                answers.append(future.result()[0])
            except (OSError, json.JSONDecodeError, ValueError):
                answers.append(0)
        stored = edge.rows("SELECT count(*) FROM engage_tracking_event")[0][0]
        assert stored >= 400 * answers.count(200)


def test_a_client_that_goes_away_leaves_nothing_behind(start_edge: StartEdge) -> None:
    with start_edge() as edge:
        body = json.dumps({**track("A", "gone"), "writeKey": edge.keys["server"]}).encode()
        head = f"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        for part in (body, body[:-5]):
            for _ in range(50):
                with socket.create_connection(("127.0.0.1", edge.port)) as client:
                    client.sendall(head.encode() + part)
        assert edge.ask("/v1/track", body).status == 200
        assert events(edge, "gone") == ["A"]


class locked:  # noqa: N801 - reads like a word in the tests
    """Keeps the database from taking anything until its event is set, or the block ends."""

    def __init__(self, edge: Edge) -> None:
        self._edge, self._release, self._held = edge, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        with self._edge.connect() as connection:
            if self._edge.database:
                connection.execute("LOCK TABLE engage_tracking_seenmessage IN EXCLUSIVE MODE")
            else:
                connection.isolation_level = None
                connection.execute("BEGIN IMMEDIATE")
            self._held.set()
            self._release.wait(15)
            connection.rollback()

    def __enter__(self) -> threading.Event:
        self._thread.start()
        assert self._held.wait(10)
        return self._release

    def __exit__(self, *_: object) -> None:
        self._release.set()
        self._thread.join()


def wait_for_refusals(waiting: list, at_least: int) -> list[tuple[int, float, str]]:  # type: ignore[type-arg]
    end = time.monotonic() + 12
    while time.monotonic() < end:
        done = [future.result() for future in waiting if future.done()]
        if len(done) >= at_least:
            return done
        time.sleep(0.05)
    raise AssertionError("nothing was refused")
