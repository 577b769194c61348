"""A small experiment on disk, and the command run as a user runs it."""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from kundenkreis.insight import analyse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Write a file, packed if its name says so; the answer is its path."""

    def writing(text: str, name: str = "data.csv", encoding: str = "utf-8") -> str:
        data = text.encode(encoding)
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(path)

    return writing


@pytest.fixture
def command() -> Callable[..., int]:
    """Run `kundenkreis analyse …` with these words."""

    def running(*words: str) -> int:
        parser = argparse.ArgumentParser(prog="kundenkreis")
        analyse.add_parsers(parser.add_subparsers(required=True))
        args = parser.parse_args(["analyse", *words])
        return int(args.run(args))

    return running


@pytest.fixture
def report(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> Callable[..., dict[str, Any]]:
    """The JSON answer of `analyse experiment FILE …`, with the usual columns filled in."""

    def reporting(path: str, *more: str) -> dict[str, Any]:
        usual = ["--variant", "group", "--control", "control", "--json"]
        assert command("experiment", path, *usual, *more) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return reporting


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """These tests read what is printed, so they read it in one language."""
    with translation.override("en"):
        yield
