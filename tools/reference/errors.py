"""Every refusal that people read, with the reason and what to do next, where it is raised."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tools.paths import is_test, read, source_files
from tools.reference.tables import table

BASE = "DomainError"
TRANSLATED = {"_", "gettext", "gettext_lazy"}


def page() -> str:
    """By context: what happened, why, what to do next."""
    files = [path for path in source_files(".py") if not is_test(path)]
    trees = {path: ast.parse(read(path)) for path in files}
    kinds = _kinds(list(trees.values()))
    found: dict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
    for path, tree in trees.items():
        context = ".".join(path.relative_to("src/kundenkreis").parent.parts) or "kundenkreis"
        for texts in _raised(tree, kinds):
            found[context][texts] = None
    lines = [
        "# Errors",
        "",
        "What people read when the product refuses, in English; German is a translation.",
    ]
    for context, rows in sorted(found.items()):
        lines += ["", f"## {context}", "", *table(("What", "Why", "What to do"), sorted(rows))]
    return "\n".join([*lines, ""])


def _kinds(trees: list[ast.Module]) -> set[str]:
    """The names of DomainError and of all that inherit from it."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {BASE}
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return known


def _raised(tree: ast.Module, kinds: set[str]) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in kinds or not node.args:
            continue
        named = {word.arg: word.value for word in node.keywords}
        parts = [*node.args, *(named[name] for name in ("why", "hint") if name in named)]
        texts = [_text(part) for part in parts[:3]]
        if texts[0]:
            yield (*texts, *[""] * (3 - len(texts)))


def _text(node: ast.expr) -> str:
    """The translated text in an expression, with its placeholders."""
    for one in ast.walk(node):
        if (
            isinstance(one, ast.Call)
            and isinstance(one.func, ast.Name)
            and one.func.id in TRANSLATED
        ):
            first = one.args[0]
            if isinstance(first, ast.Constant):
                return str(first.value)
    return ""
