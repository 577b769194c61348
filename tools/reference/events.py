"""What happens: the events of all contexts, from their docstrings and fields."""

from __future__ import annotations

import inspect
from dataclasses import fields
from importlib import import_module
from typing import Any

from kundenkreis.kernel.events import AFTER, EVENTS, ON, name_of
from tools.paths import ROOT
from tools.reference.tables import code, table


def page() -> str:
    """Every event, what it carries, and who listens."""
    for file in sorted((ROOT / "src").glob("kundenkreis/**/events.py")):
        module = import_module(".".join(file.relative_to(ROOT / "src").with_suffix("").parts))
        for one in vars(module).values():
            if (
                inspect.isclass(one)
                and one.__module__ == module.__name__
                and hasattr(one, "__dataclass_fields__")
            ):
                name_of(one)
    lines = ["# Events", "", "Frozen facts, kept in the outbox of the side where they happened."]
    for name, kind in sorted(EVENTS.items()):
        lines += ["", f"## {name}", "", " ".join((inspect.getdoc(kind) or "").split()), ""]
        lines += table(
            ("Field", "Kind"), [(code(one.name), _said(one.type)) for one in fields(kind)]
        )
        lines += ["", _listeners(name, kind)]
    return "\n".join([*lines, ""])


def _said(kind: Any) -> str:
    return code(kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind)))


def _listeners(name: str, kind: type[Any]) -> str:
    same = [_where(one) for one in ON.get(name, ())]
    later = [_where(one) for one in AFTER.get(name, ())]
    parts = (
        f"In the same transaction: {', '.join(same)}." if same else "",
        f"Afterwards: {', '.join(later)}." if later else "",
        "The link carries it to the other side." if getattr(kind, "CROSSES", False) else "",
    )
    return " ".join(part for part in parts if part) or "Nobody listens yet."


def _where(handler: Any) -> str:
    return code(f"{handler.__module__.removeprefix('kundenkreis.')}.{handler.__name__}")
