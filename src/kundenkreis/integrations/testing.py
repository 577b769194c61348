"""What tests of integrations share: the real data sets, skipped by name where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


def shared_data(name: str) -> Path:
    """The folder of a data set, in $KUNDENKREIS_SHARED_DATA or beside the repository."""
    root = Path(os.environ.get("KUNDENKREIS_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    folder = root / name
    if not folder.is_dir():
        pytest.skip(f"the data set {name} is not at {folder}")
    return folder
