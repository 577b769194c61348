"""Small parts rendered in Python: fast enough for every cell of a table."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kundenkreis.ui import formats
from kundenkreis.ui.assets import asset_url, icons
from kundenkreis.ui.markup import markup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

logger = logging.getLogger(__name__)
TONES = ("", "blue", "green", "amber", "red", "violet")


def icon(name: str, kind: str = "") -> SafeString:
    """A lucide icon by name. `kind`: "small", "large" or a tone; decorative, so label its parent."""
    if name not in icons() and icons():
        _warn_of_missing(name)
    return _icon(name, kind, asset_url("icons.svg"))


@lru_cache(maxsize=1024)
def _icon(name: str, kind: str, sprite: str) -> SafeString:
    return markup(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {kind}" if kind else "",
        sprite,
        name,
    )


@lru_cache(maxsize=256)
def _warn_of_missing(name: str) -> None:
    """Once per name and process: the page works, but shows a gap."""
    logger.warning(
        "No icon %s in the sprite. Run `node frontend/build.mjs`; if only data names it, "
        "add it to frontend/icons.txt.",
        name,
    )


def tag(label: object, tone: str = "", icon_name: str = "") -> SafeString:
    """A short word with meaning: a source, a state, a role."""
    mark = icon(icon_name) if icon_name else ""
    return markup('<span class="tag {}">{}{}</span>', tone if tone in TONES else "", mark, label)


def when(value: date, language: str | None = None) -> SafeString:
    """How long ago, kept current by the page, with the exact instant on hover."""
    ago, exact = formats.when(value, language)
    return markup(
        '<kk-time><time datetime="{}" title="{}">{}</time></kk-time>',
        value.isoformat(),
        exact,
        ago,
    )


def due(value: date) -> SafeString:
    """How far ahead a day is; overdue and today stand out."""
    ahead, exact = formats.when(value)
    tone = {-1: "overdue", 0: "now"}.get(formats.side_of_today(value), "")
    return markup('<span class="due {}" title="{}">{}</span>', tone, exact, ahead)


def due_tag(value: date) -> SafeString | str:
    """A word for a day that has come or is over."""
    side = formats.side_of_today(value)
    if side > 0:
        return ""
    return tag(_("overdue"), "red") if side else tag(_("today"), "amber")


def attributes(values: Mapping[str, Any]) -> SafeString:
    """HTML attributes from `hx_get="/x/"`, `data_key="c"`: each value escaped, always.

    True gives a bare attribute, None, False and "" leave it out.
    """
    parts = []
    for name, value in values.items():
        if value is None or value is False or value == "":
            continue
        name = escape(name.replace("_", "-"))
        # escape() also escapes what is marked safe: safe as content is not safe between quotes.
        parts.append(f" {name}" if value is True else f' {name}="{escape(value)}"')
    return mark_safe("".join(parts))  # noqa: S308 names and values are escaped above
