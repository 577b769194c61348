"""Files of a folder that several users share are open to their group, and others are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kundenkreis.kernel import folders, journal
from kundenkreis.kernel.sides import Side

CLOSED = 0o077  # the strictest umask somebody may have


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [(0o2770, 0o660), (0o700, 0o600), (0o770, 0o600), (0o2750, 0o600)],
    ids=["shared", "private", "of another group", "only read"],
)
def test_a_file_is_open_to_the_group_where_its_folder_is_shared(
    tmp_path: Path, mode: int, becomes: int
) -> None:
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.parent.chmod(mode)
    path.touch(0o600)
    folders.share(path, 0o660)
    assert path.stat().st_mode & 0o777 == becomes


@pytest.mark.django_db(databases={"default", "engage"})
def test_whoever_shares_the_folder_may_note_who_withdraws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in Side:
        (tmp_path / side).mkdir()
        (tmp_path / side).chmod(0o2770 if side is Side.ENGAGE else 0o700)
        (tmp_path / side / "secret.key").write_text("s" * 48)
    files = {side: tmp_path / side / "secret.key" for side in Side}
    monkeypatch.setattr("django.conf.settings.SECRET_FILES", files)
    before = os.umask(CLOSED)
    try:
        journal.begin()
    finally:
        os.umask(before)
    assert journal.path(Side.ENGAGE).stat().st_mode & 0o777 == 0o660
    assert journal.path(Side.CRM).stat().st_mode & 0o777 == 0o600
