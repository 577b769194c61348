"""Starting the product's own processes on the databases of the running test."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connections

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    databases = {alias: str(connections[alias].settings_dict["NAME"]) for alias in BOTH}
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.link_settings",
        "KUNDENKREIS_TEST_DATABASES": json.dumps(databases),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "KUNDENKREIS_LOG_LEVEL": "CRITICAL",
        **_postgresql(),
    }


def _postgresql() -> dict[str, str]:
    url = os.environ.get("KUNDENKREIS_TEST_POSTGRESQL")
    return {f"KUNDENKREIS_{side.upper()}_DATABASE": url for side in Side} if url else {}
