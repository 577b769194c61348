"""Pages from files with `$name` placeholders; every value is escaped unless it is Markup."""

from __future__ import annotations

import html
import json
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

FOLDER = Path(__file__).parent / "pages"


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text("utf-8"))


def fill(name: str, /, **values: object) -> Markup:
    """Fills `pages/NAME.html`; a missing value is a KeyError."""
    return Markup(_template(name).substitute({key: escape(value) for key, value in values.items()}))


def escape(value: object) -> Markup:
    """Escapes text for element content and quoted attributes."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


def join(parts: list[Markup]) -> Markup:
    """Puts pieces of HTML one after the other."""
    return Markup("".join(parts))


def data(value: Any) -> str:
    """JSON for an attribute."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
