from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kundenkreis.integrations.crm.folder import commands, example
from kundenkreis.integrations.crm.folder.sources import SIDE
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.testing import ANNA
from kundenkreis.records import working
from kundenkreis.records.models import Transfer

SAID = {"source": "Altlisten", "legal_basis": "contract"}
Take = Callable[..., Transfer]


def work(transfer: Transfer, actor: Actor = ANNA) -> Transfer:
    """What the worker does until somebody has to decide."""
    while working.go_on(SIDE, transfer.pk, actor):
        pass
    transfer.refresh_from_db()
    return transfer


def brought(files: dict[str, bytes], actor: Actor = ANNA) -> Transfer:
    """Files that were brought and recognised."""
    uploads: Iterable[Any] = [(name, iter([content])) for name, content in files.items()]
    return work(commands.start(actor, uploads), actor)


def settled(files: dict[str, bytes], actor: Actor = ANNA, **decided: Any) -> Transfer:
    """Files that were recognised, cleaned and compared."""
    transfer = brought(files, actor)
    assert transfer.state == Transfer.State.ASKING, transfer.problem
    commands.decide(actor, transfer, {**SAID, **decided})
    return work(transfer, actor)


def carried(files: dict[str, bytes], actor: Actor = ANNA, **decided: Any) -> Transfer:
    """Files that were taken over."""
    transfer = settled(files, actor, **decided)
    assert transfer.state == Transfer.State.CHECKED, transfer.problem
    commands.carry(actor, transfer)
    return work(transfer, actor)


@pytest.fixture
def five() -> dict[str, bytes]:
    """The five files that contradict each other."""
    return example.files()


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def of_shared(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
