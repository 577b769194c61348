"""The list of exceptions, and whether each of them is still needed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("allowed.toml")


class Finding(NamedTuple):
    """One place that breaks a rule: file, line, the name under which it may be allowed, why."""

    path: Path
    line: int
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


class Exceptions:
    """The entries of one section of allowed.toml."""

    def __init__(self, section: str, text: str | None = None) -> None:
        entries = tomllib.loads(FILE.read_text("utf-8") if text is None else text)
        self._entries = {
            (entry["path"], entry.get("what", "")): entry["reason"]
            for entry in entries.get(section, [])
        }
        self._section = section

    def apply(self, findings: Iterable[Finding]) -> list[str]:
        """The findings that no entry covers, and the entries that cover none."""
        problems, used = [], set()
        for finding in findings:
            key = (str(finding.path), finding.what)
            if key in self._entries:
                used.add(key)
            else:
                problems.append(str(finding))
        unused = [
            f"tools/checks/allowed.toml: [[{self._section}]] {path} {what} is not needed any more"
            for path, what in sorted(self._entries.keys() - used)
        ]
        without_reason = [
            f"tools/checks/allowed.toml: [[{self._section}]] {path} gives no reason"
            for (path, _), reason in sorted(self._entries.items())
            if len(reason.split()) < 3
        ]
        return problems + unused + without_reason
