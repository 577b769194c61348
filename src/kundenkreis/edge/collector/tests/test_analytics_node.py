"""@segment/analytics-node from npm, unchanged, is one of our clients."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kundenkreis.edge.collector.tests.calls import events
from kundenkreis.edge.collector.tests.conftest import StartEdge
from kundenkreis.edge.testing import HOST, Edge

pytestmark = pytest.mark.edge

SCRIPT = Path(__file__).with_name("analytics_node.mjs")
PACKAGE = Path(__file__).parents[5] / "node_modules" / "@segment" / "analytics-node"
COUNT = 60


def report(edge: Edge, node: str, customer: str) -> dict[str, Any]:
    """Let the client report a visit and an order; says what it saw."""
    if not PACKAGE.exists():
        pytest.skip("@segment/analytics-node is not installed here: npm ci")
    address = f"http://{HOST}:{edge.port}"
    key = edge.keys["server"]
    arguments = [node, str(SCRIPT), address, key, f"v-{customer}", customer, str(COUNT)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def check_everything_arrived_once(edge: Edge, customer: str) -> None:
    assert Counter(events(edge, customer)) == {
        "Page Viewed": 1,
        "Product Added": COUNT,
        "Screen Viewed": 1,
        "Order Completed": 1,
    }
    ((traits,),) = edge.rows(f"""
        SELECT p.traits FROM engage_profiles_profile p
        JOIN engage_profiles_identifier i ON i.profile_id = p.id WHERE i.value = '{customer}'
    """)  # noqa: S608 - our own value
    known = json.loads(traits) if isinstance(traits, str) else traits
    assert known == {
        "first_name": "Jürgen",
        "created_at": "1970-01-01T00:00:00.000Z",
        "group_id": "optik-ag",
        "group_name": "Optik AG",
    }
    assert edge.rows("SELECT count(*) FROM engage_tracking_rejecteditem") == [(0,)]


def test_what_it_reports_is_stored_as_meant(running: Edge, node: str) -> None:
    customer = f"customer-{uuid.uuid4()}"
    seen = report(running, node, customer)
    assert seen["errors"] == []
    assert seen["requests"] >= 3
    check_everything_arrived_once(running, customer)
    orders = running.rows(
        "SELECT payload FROM kernel_outboxmessage WHERE name LIKE '%OrderReceived'"
    )
    payload = json.loads(orders[-1][0]) if isinstance(orders[-1][0], str) else orders[-1][0]
    assert (payload["gross_minor"], payload["net_minor"]) == (3998, 3360)


@pytest.mark.fault
def test_it_repeats_what_we_could_not_store_and_nothing_counts_twice(
    start_edge: StartEdge, node: str
) -> None:
    customer = f"customer-{uuid.uuid4()}"
    table = "engage_tracking_event"
    with start_edge() as edge:
        edge.write(f"ALTER TABLE {table} RENAME TO away")

        def repair() -> None:
            time.sleep(2)
            edge.write(f"ALTER TABLE away RENAME TO {table}")

        repairing = threading.Thread(target=repair)
        repairing.start()
        seen = report(edge, node, customer)
        repairing.join()
        assert seen["errors"] == []
        check_everything_arrived_once(edge, customer)
