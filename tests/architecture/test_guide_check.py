"""The check of the guide finds what would lead a reader astray; that of the settings, gaps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import guide
from tools.reference import settings

PAGE = "# Title\n\nWhat it is about.\n\n## Part one\n\n{}\n"


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What is found in a page with this text."""
    monkeypatch.setattr(guide, "ROOT", tmp_path)
    page = tmp_path / "page.md"

    def look(text: str) -> list[str]:
        page.write_text(text, "utf-8")
        return [*guide.wrong_links(page), *guide.unknown_labels(page, {"save", "lists"})]

    return look


@pytest.mark.parametrize(
    "text",
    [
        "[there](nowhere.md)",
        "[there](page.md#part-two)",
        "![picture](missing.png)",
        "Press *Sabe*.",
        "*Lists → Sabe*",
    ],
)
def test_what_leads_nowhere_is_found(wrong: Callable[[str], list[str]], text: str) -> None:
    assert len(wrong(PAGE.format(text))) == 1


def test_a_page_without_a_heading_is_found(wrong: Callable[[str], list[str]]) -> None:
    assert wrong("Just text.\n") != []


@pytest.mark.parametrize("text", ["[there](page.md#part-one)", "*Lists → Save*", "**bold**"])
def test_what_is_right_is_left_alone(wrong: Callable[[str], list[str]], text: str) -> None:
    assert wrong(PAGE.format(text)) == []


def test_a_picture_without_words_is_found(
    wrong: Callable[[str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "here.png").touch()
    assert len(wrong(PAGE.format("![](here.png)"))) == 1


def test_html_in_the_guide_is_shown_as_text() -> None:
    assert "<script>" not in guide.parser().render("<script>alert(1)</script>")


def test_a_setting_that_nobody_described_stops_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(settings.MEANING, "ZONE")
    with pytest.raises(settings.Undocumented, match="ZONE"):
        settings.page()
