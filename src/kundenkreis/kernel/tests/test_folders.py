"""Files of a folder that several users share are open to their group, and others are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundenkreis.kernel import folders


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


def test_a_link_that_somebody_laid_there_is_not_followed(tmp_path: Path) -> None:
    shared, private = tmp_path / "shared", tmp_path / "private"
    shared.mkdir()
    shared.chmod(0o2770)
    private.touch(0o600)
    (shared / "journal").symlink_to(private)
    with pytest.raises(OSError, match="symbolic links"):
        folders.share(shared / "journal", 0o660)
    assert private.stat().st_mode & 0o777 == 0o600
