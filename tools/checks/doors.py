"""Writes go through `kernel.store` and transactions through `kernel`: nothing else may call them.

The rule looks at the shape of a call, because Python does not tell what a name refers to:

- `.bulk_create(…)`, `.get_or_create(…)` and their relatives are always a write;
- `.save()` with or without keywords is one; a model takes no positional argument, and a form only
  `commit`, so `.save(something)` is another function;
- `.update(a=1)`: a QuerySet takes keywords only, while dict, set and hash take a positional
  argument, so keywords without a positional argument are a write (a dict can use `|=`);
- `.delete()` and `.create(a=1)`: the same, a positional argument means something else
  (`cache.delete(key)`, `store.create(actor, Model, …)`);
- `.set(…)`, `.add(…)`, `.remove(…)` and `.clear()` on an attribute that is called like a relation
  of one of our models (`user.roles.set(…)`) change what it relates; `store.assign` does it audited;
- whatever takes `actor=` is a command, also when it is called `create` or `delete`;
- `.using(…)`, `atomic`, `on_commit` and `django.db.transaction` choose databases and transactions;
- `.cursor()`, `.objects.raw(…)`, `sqlite3` and `psycopg` lead past the models altogether;
- screens (`web`, `edge`, `api`) ask queries and never touch a model's manager.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from tools.checks.allowed import Exceptions, Finding
from tools.paths import is_test, read, source_files

ALWAYS = {
    *("bulk_create", "abulk_create", "bulk_update", "abulk_update"),
    *("get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create", "save_base"),
}
KEYWORDS_ONLY = {"update", "aupdate", "create", "acreate"}
NO_ARGUMENTS = {"delete", "adelete"}
TRANSACTIONS = {"atomic", "on_commit"}
RAW = {"sqlite3", "psycopg", "RawSQL", ".cursor(", ".raw("}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
RELATIONS = {"ManyToManyField", "ForeignKey", "OneToOneField"}
RELATING = {f"{prefix}{name}" for name in ("set", "add", "remove", "clear") for prefix in ("", "a")}
SCREENS = ("web", "edge", "api")


def check() -> list[str]:
    findings: list[Finding] = []
    models = [path for path in source_files(".py") if path.name == "models.py"]
    related = frozenset(name for path in models for name in managers(read(path)))
    for path in source_files(".py"):
        inside = path.relative_to("src/kundenkreis").parts
        if inside[0] != "kernel" and "migrations" not in inside and not is_test(path):
            screen = inside[0] in SCREENS
            findings += problems(path, read(path), screen=screen, related=related)
    return Exceptions("doors").apply(findings)


def managers(source: str) -> Iterator[str]:
    """Attributes of the models in one module by which several related rows can be changed."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(attr=kind) | ast.Name(id=kind), keywords=named),
            ) if kind in RELATIONS:
                if kind == "ManyToManyField":
                    yield name
                for keyword in named:
                    match keyword:
                        case ast.keyword(arg="related_name", value=ast.Constant(value=str(back))):
                            yield back


def problems(
    path: Path, source: str, *, screen: bool = False, related: Collection[str] = ()
) -> Iterator[Finding]:
    """Every call in one module that goes around the doors.

    `screen` adds the rule for screens; `related` names the managers of related rows.
    """
    for node in ast.walk(ast.parse(source)):
        what = _broken(node) or _relates(node, related) or (_manager(node) if screen else None)
        if what is not None:
            line = getattr(node, "lineno", 0)
            yield Finding(path, line, what, f"{what} {_advice(what)}")


def _broken(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(attr="raw", value=ast.Attribute(attr=manager))):
            return ".raw(" if manager in MANAGERS else None
        case ast.Call(func=ast.Attribute(attr="raw")):
            return None
        case ast.Call(func=ast.Attribute(attr=name), args=positional, keywords=named):
            return _call(name, positional, named)
        case ast.ImportFrom(module=str(module), names=names) if module.startswith("django.db"):
            for imported in names:
                if imported.name in TRANSACTIONS | RAW | {"transaction"}:
                    return imported.name
        case ast.Import(names=names):
            return next((imported.name for imported in names if imported.name in RAW), None)
        case ast.ImportFrom(module="sqlite3" | "psycopg" as module):
            return module
        case ast.Attribute(attr=name) if name in TRANSACTIONS:
            return name
    return None


def _call(name: str, positional: list[ast.expr], named: list[ast.keyword]) -> str | None:
    if name in ALWAYS or name == "using" or f".{name}(" in RAW:
        return f".{name}("
    if name in {"save", "asave"}:
        return f".{name}(" if all(isinstance(a, ast.Constant) for a in positional) else None
    if any(keyword.arg == "actor" for keyword in named):
        return None
    if name in KEYWORDS_ONLY and named and not positional:
        return f".{name}("
    if name in NO_ARGUMENTS and not positional:
        return f".{name}("
    return None


def _relates(node: ast.AST, related: Collection[str]) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(attr=name, value=ast.Attribute(attr=manager))):
            ours = manager in related or manager.endswith("_set")
            return f".{manager}.{name}(" if ours and name in RELATING else None
    return None


def _manager(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
        return f".{node.attr}"
    return None


def _advice(what: str) -> str:
    if what.strip(".") in MANAGERS:
        return "in a screen: ask a function of the context's queries.py"
    if what in TRANSACTIONS | {"transaction", ".using("}:
        return "belongs to kernel: use @command or kernel.store.group"
    if what in RAW:
        return "goes around the models: raw SQL belongs to kernel"
    return "goes around the write door: call a command, and in it kernel.store"
