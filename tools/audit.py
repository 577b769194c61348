"""Known weaknesses of what the lock files bring, by the open database osv.dev.

It fails when something is known, and also when it could not be asked: an audit that did not take
place is none that was passed. `KUNDENKREIS_ADVISORIES` names another server that speaks the same.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

from tools import sbom

SERVER = "https://api.osv.dev"
AT_ONCE = 500
PATIENCE = 30  # seconds
CLEAN, FOUND, NOT_ASKED = 0, 1, 2


def main() -> int:
    parts = sbom.bill()["components"]
    try:
        found = list(known(parts, os.environ.get("KUNDENKREIS_ADVISORIES", SERVER)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The dependencies could not be audited: {error}", file=sys.stderr)
        return NOT_ASKED
    for line in found:
        print(f"  {line}")
    print(f"{len(parts)} packages were asked for, {len(found)} weaknesses are known.")
    return FOUND if found else CLEAN


def known(parts: list[Mapping[str, Any]], server: str) -> Iterator[str]:
    """A line for each known weakness. Raises `OSError`, `ValueError` when not all could be asked."""
    for start in range(0, len(parts), AT_ONCE):
        some = parts[start : start + AT_ONCE]
        queries = [{"package": {"purl": one["purl"]}} for one in some]
        request = urllib.request.Request(  # noqa: S310 - the developer names the server
            f"{server}/v1/querybatch",
            data=json.dumps({"queries": queries}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            results = json.load(answer)["results"]
        if len(results) != len(some):
            raise ValueError(f"{len(some)} were asked for, {len(results)} answered")
        for one, result in zip(some, results, strict=True):
            names = [vulnerability["id"] for vulnerability in result.get("vulns", ())]
            if names:
                yield f"{one['name']} {one['version']} ({one['scope']}): {', '.join(names)}"


if __name__ == "__main__":
    raise SystemExit(main())
