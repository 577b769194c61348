"""What every drill of a restore needs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from kundenkreis.config import installation
from kundenkreis.kernel import journal
from kundenkreis.kernel.backup import keys
from kundenkreis.kernel.sides import Side


@pytest.fixture
def key(tmp_path: Path) -> keys.Key:
    (tmp_path / "key").write_text("blue horses sing at noon\n")
    return keys.read(tmp_path / "key")


@pytest.fixture
def own_journal() -> Iterator[None]:
    installation.bring_up()
    for side in Side:
        journal.path(side).unlink(missing_ok=True)
    journal.begin()
    yield
    for side in Side:
        journal.path(side).unlink(missing_ok=True)
        shutil.rmtree(settings.FOLDERS[side] / "media", ignore_errors=True)
