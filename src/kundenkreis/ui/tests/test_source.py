"""Whoever may use the product may have its source, and nothing else with it."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from django.test import Client

from kundenkreis.config import env
from kundenkreis.ui import source


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which much lies about that is no source."""
    package = tmp_path / "src" / "kundenkreis"
    for name in (
        "src/kundenkreis/app.py", "src/kundenkreis/templates/page.html", "LICENSE",
        "pyproject.toml", "frontend/main.js",
        # no source of ours:
        "src/kundenkreis/secret.key", "src/kundenkreis/crm.sqlite3", "src/kundenkreis/.env.py",
        "src/kundenkreis/__pycache__/app.pyc", "src/kundenkreis/.cache/a.py", "notes.md",
        "var/crm/export.json", "src/kundenkreis/records/crm/export.json", "src/kundenkreis/Backup/crm/export.json",
        "elsewhere/other.py",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("hush")
    (package / "linked").symlink_to(tmp_path / "elsewhere")
    (package / "linked.py").symlink_to(tmp_path / "elsewhere" / "other.py")
    return package


def names(package: Path) -> list[str]:
    return sorted(name for name, _ in source.contents(package))


def test_it_holds_our_files_and_no_data_no_secret_and_nothing_from_elsewhere(
    checkout: Path, settings
) -> None:
    settings.DATA_FOLDERS = [checkout / "records"]
    ours = ["LICENSE", "frontend/main.js", "pyproject.toml", "src/kundenkreis/app.py",
            "src/kundenkreis/templates/page.html"]  # fmt: skip
    assert names(checkout) == ours
    settings.DATA_FOLDERS = []  # the control: only the setting keeps such a folder out
    assert names(checkout) == sorted([*ours, "src/kundenkreis/records/crm/export.json"])


def test_of_a_checkout_it_holds_what_git_knows_as_it_is_on_the_disk(
    checkout: Path, settings
) -> None:
    settings.DATA_FOLDERS = []
    root = checkout.parents[1]

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)

    git("init")
    git("add", "LICENSE", "src/kundenkreis/app.py")
    (checkout / "app.py").write_text("changed")
    (checkout / "customers.json").write_text("hush")
    assert names(checkout) == ["LICENSE", "src/kundenkreis/app.py"]
    assert dict(source.contents(checkout))["src/kundenkreis/app.py"].read_text() == "changed"
    shutil.rmtree(root / ".git")  # the control: only git says what is ours
    assert "src/kundenkreis/customers.json" in names(checkout)


def test_a_data_folder_around_the_code_leaves_the_code(checkout: Path, settings) -> None:
    settings.DATA_FOLDERS = [source.PACKAGE.parents[1]]
    assert "src/kundenkreis/app.py" in names(checkout)
    assert "src/kundenkreis/ui/source.py" in names(source.PACKAGE)


def test_everybody_gets_the_running_version(client: Client, db) -> None:
    answer = client.get("/source/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/gzip")
    assert not answer.cookies
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        found = set(tar.getnames())
        code = tar.extractfile(f"{source.NAME}/src/kundenkreis/ui/source.py")
        assert code is not None
        assert code.read() == Path(source.__file__).read_bytes()
    wanted = ("LICENSE", "src/kundenkreis/edge/templates/edge/home.html", "frontend/shop/loader.js")
    assert {f"{source.NAME}/{name}" for name in wanted} <= found
    assert not [name for name in found if name.endswith((".key", ".sqlite3", ".pyc", ".env"))]
    source.archive.cache_clear()
    assert source.archive() == answer.content


def test_a_link_leads_there_or_where_the_company_says(client: Client, db, settings) -> None:
    settings.SOURCE_URL = ""
    assert 'href="/source/"' in client.get("/account/login/", follow=True).text
    settings.SOURCE_URL = "https://code.example/kundenkreis"
    page = client.get("/account/login/", follow=True).text
    assert 'href="https://code.example/kundenkreis"' in page
    assert 'href="/source/"' not in page


def test_only_a_web_address_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNDENKREIS_SOURCE_URL", "javascript:alert(1)")
    with pytest.raises(env.BadSetting, match="KUNDENKREIS_SOURCE_URL"):
        env.web_address("SOURCE_URL")
