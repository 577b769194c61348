"""Only `kernel/egress` opens connections: nothing else may import what can.

A server listens, a test plays one, and the demo's shop is a stranger; each that must is an entry.
Mail goes through Django's `MAILERS`, whose server the operator names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.checks.allowed import Exceptions, Finding
from tools.paths import is_test, read, source_files

DIALS = {
    *(
        "aiohttp",
        "asyncio.open_connection",
        "ftplib",
        "http.client",
        "httpx",
        "imaplib",
        "niquests",
    ),
    *("poplib", "pycurl", "requests", "smtplib", "socket", "ssl", "telnetlib", "urllib.request"),
    *("urllib3", "websockets", "xmlrpc.client"),
}
HOME = "src/kundenkreis/kernel/egress/"


def check() -> list[str]:
    findings: list[Finding] = []
    for path in source_files(".py"):
        if not is_test(path) and not str(path).startswith(HOME) and "src" in path.parts[:1]:
            findings += problems(path, read(path))
    return Exceptions("egress").apply(findings)


def problems(path: Path, source: str) -> Iterator[Finding]:
    """Every import of something that can open a connection."""
    for node in ast.walk(ast.parse(source)):
        for name in _imported(node):
            if found := _dials(name):
                advice = "can open connections: ask kernel.egress instead"
                yield Finding(path, getattr(node, "lineno", 0), found, f"{found} {advice}")
                break


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (one.name for one in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield module
            yield from (f"{module}.{one.name}" for one in names)
        case ast.Attribute(value=ast.Name(id="asyncio"), attr="open_connection"):
            yield "asyncio.open_connection"
        case ast.Call(args=[ast.Constant(value=str(module)), *_]) if _loads(node.func):
            yield module


def _loads(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in {"import_module", "__import__"}


def _dials(name: str) -> str | None:
    return next((one for one in DIALS if name == one or name.startswith(f"{one}.")), None)
