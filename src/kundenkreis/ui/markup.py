"""Markup with escaped values, for what is rendered hundreds of times per page."""

from __future__ import annotations

import html

from django.utils.safestring import SafeString


def markup(template: str, *values: object) -> SafeString:
    """`django.utils.html.format_html` for values that are there already, at a third of its cost.

    Each value is escaped unless it is safe by its own word (`__html__`). Django's function also
    takes arguments that are translated later, and looks for them in each call.
    """
    return SafeString(template.format(*map(escaped, values)))


def joined(*parts: str) -> SafeString:
    """Pieces of markup that are escaped already, one after the other."""
    return SafeString("".join(parts))


def escaped(value: object) -> str:
    """A value as markup: escaped, unless it is safe by its own word."""
    if type(value) is str:  # nearly always
        return html.escape(value)
    safe = getattr(value, "__html__", None)
    return str(safe()) if safe is not None else html.escape(str(value))
