"""A pytest plugin: every test process has a PostgreSQL server of its own.

Readers of a log stop at the oldest transaction that runs anywhere on the server, also in other
databases; two test processes on one server would make each other wait at random.
"""

from __future__ import annotations

import os

VARIABLE = "KUNDENKREIS_TEST_POSTGRESQL_SERVERS"

if servers := os.environ.get(VARIABLE, "").split():
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    # Before Django reads its settings: pytest loads plugins named on its command line first.
    os.environ["KUNDENKREIS_TEST_POSTGRESQL"] = servers[number % len(servers)]
