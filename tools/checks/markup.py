"""Templates: no inline script or style (our content security policy forbids them), no raw output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.checks.allowed import Exceptions, Finding
from tools.paths import is_test, read, source_files

# What → how it looks in a template. A data block (`<script type="application/json">`) never runs.
IN_TEMPLATES = {
    "inline script": r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/(?:ld\+)?json)",
    "inline style": r"<style\b|\sstyle\s*=",
    "inline handler": r"<[^>]*\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=|hx-(?:vals|headers)=[\"']\s*js:",
    "script address": r"\bjavascript:",
    "|safe": r"\|\s*safe(?:seq)?\b",
    "autoescape off": r"\{%\s*autoescape\s+off",
}
IN_PYTHON = {
    "mark_safe": r"\bmark_safe\b|\bSafeString\(|\bSafeText\(|\b__html__\b",
    "inline style": r"[\"'<][^\"']*<\w+[^>]*\sstyle=",
}
_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.S)


def check() -> list[str]:
    findings: list[Finding] = []
    for path in source_files(".html", ".svg", ".py"):
        if not is_test(path):
            findings += problems(path, read(path))
    return Exceptions("markup").apply(findings)


def problems(path: Path, text: str) -> Iterator[Finding]:
    """Every forbidden construct of one template or module, with its line."""
    patterns = IN_PYTHON if path.suffix == ".py" else IN_TEMPLATES
    text = text if path.suffix == ".py" else _COMMENT.sub(_same_lines, text)
    for what, pattern in patterns.items():
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(path, line, what, f"{what}: {match.group().strip()}")


def _same_lines(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")
