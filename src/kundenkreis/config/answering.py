"""Whether this container's role answers: for the health check, which ends with 0 or 1.

`KUNDENKREIS_ANSWERS` is the port it listens on; a role without one is well as long as it runs.
"""

from __future__ import annotations

import http.client
import sys

from kundenkreis.config import env

PATIENCE = 4  # seconds


def main() -> int:
    port = env.number("ANSWERS", 0)
    if not port:
        return 0
    host = env.text("INNER_HOST") or env.text("EDGE_HOST")
    headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health/", headers=headers)
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
