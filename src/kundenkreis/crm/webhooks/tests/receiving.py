"""What tests of webhooks do again and again."""

from __future__ import annotations

import json
from typing import Any

from kundenkreis.crm.webhooks import commands
from kundenkreis.crm.webhooks.jobs import note_and_wake
from kundenkreis.crm.webhooks.models import Webhook
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.egress.tests.receivers import Receiver
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.sides import Side


def hook(actor: Viewer, server: Receiver, **values: Any) -> tuple[Webhook, str]:
    address = f"http://127.0.0.1:{server.port}/in"
    return commands.add_webhook(actor=actor, name="ERP", address=address, **values)


def work() -> None:
    """The worker's turn: notes what happened and sends what waits."""
    while note_and_wake():
        pass
    note_and_wake()
    runner.run_due(Side.CRM, attended=False)


def bodies(server: Receiver) -> list[dict[str, Any]]:
    return [json.loads(text.partition(b"\r\n\r\n")[2]) for text in server.heard]


def header(text: bytes, name: str) -> str:
    lines = text.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return next(value for key, _c, value in (x.partition(": ") for x in lines) if key == name)
