"""Webhooks: how fast the worker tells a receiver what happened, against bare requests to the same one."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench import _company
from bench._http import Client
from bench._processes import cpu, pss, tree
from bench._product import free_ports, serving, set_up, temporary_home, wait_for
from bench._tools import Figure, Size, main, measured, percentile

PATIENCE = 300.0


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    count, port = int(options.messages), free_ports()
    with temporary_home(options.postgresql), _receiver(port) as receiver:
        os.environ["KUNDENKREIS_EGRESS_ALLOWED"] = "127.0.0.0/8"
        set_up()
        _company.found(10)
        _happen(port, count)
        floor = _bare(port, min(count, 200))
        begun = int(str(receiver.get("/").json["heard"]))
        with serving(worker=0) as roles:
            before, began = cpu(tree(roles["worker"])), time.monotonic()
            while (heard := int(str(receiver.get("/").json["heard"])) - begun) < count:
                if time.monotonic() > began + PATIENCE:
                    raise RuntimeError(f"only {heard} of {count} messages arrived")
                time.sleep(0.05)
            wall = time.monotonic() - began
            work = tree(roles["worker"])
            spent, memory = (cpu(work) - before) * 1000 / count, pss(roles["worker"])
        yield measured(f"{count:,} messages from the worker's start", count / wall, "/s")
        yield measured("worker's CPU per message, with its start", spent, "ms", floor=floor)
        yield measured("memory of the worker (PSS)", memory, "MiB")
        yield measured(
            "messages that came twice or never", _wrong(count, receiver, begun), at_most=0
        )


@contextmanager
def _receiver(port: int) -> Iterator[Client]:
    process = subprocess.Popen([sys.executable, "-m", "bench._receiver", str(port)])
    client = Client("127.0.0.1", port)
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield client
    finally:
        client.connection.close()
        process.kill()
        process.wait()


def _happen(port: int, count: int) -> None:
    """A webhook of the administrator's, and as many new persons as there shall be messages."""
    from kundenkreis.crm.accounts.queries import user_named, viewer_of
    from kundenkreis.crm.people.commands import create_person
    from kundenkreis.crm.webhooks.commands import add_webhook
    from kundenkreis.kernel import held, store
    from kundenkreis.kernel.sides import Side

    user = user_named(_company.EMAIL)
    if user is None:
        raise RuntimeError("the company has no administrator")
    actor = viewer_of(user)
    held.release(actor=actor, why=held.Why.TRIAL)
    address = f"http://127.0.0.1:{port}/in"
    add_webhook(actor=actor, name="bench", address=address, kinds=["person"])
    for first in range(0, count, 500):
        with store.group(Side.CRM, "bench"):
            for number in range(first, min(first + 500, count)):
                create_person(actor=actor, last_name=f"Kern {number}")


def _bare(port: int, count: int) -> float:
    """Milliseconds of CPU of a request as small, on a connection of its own."""
    took = []
    for _ in range(count):
        before, client = time.process_time(), Client("127.0.0.1", port)
        client.post("/bare", {"id": "x" * 200})
        client.connection.close()
        took.append((time.process_time() - before) * 1000)
    return percentile(took, 0.5)


def _wrong(count: int, receiver: Client, begun: int) -> int:
    time.sleep(2.5)  # the worker looked once more, before it was stopped
    return abs(int(str(receiver.get("/").json["heard"])) - begun - count)


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, messages=Size(5_000, 20, "messages")))
