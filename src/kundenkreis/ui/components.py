"""Components that stand on a page by the dozen, rendered in Python; the others are templates.

`{% ui "entry" … %}` finds a component here first. Text is escaped, also where it is marked safe;
markup comes only as `body`, `attrs` and slots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.ui import parts
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.utils.safestring import SafeString

NONE = joined()


def entry(
    *,
    title: str,
    icon: str = "",
    tone: str = "",
    at: date | None = None,
    text: str = "",
    url: str = "",
    upcoming: bool = False,
    tags: SafeString = NONE,
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """One thing that happened, in a timeline."""
    return joined(
        markup('<li class="entry{}"{}>', " upcoming" if upcoming else "", attrs),
        markup('<span class="mark {}">{}</span><div>', tone, parts.icon(icon or "circle")),
        '<div class="what">',
        markup('<a href="{}">{}</a>', url, title) if url else markup("<span>{}</span>", title),
        f"{tags}</div>",
        markup('<div class="body">{}{}</div>', text, body) if text or body else "",
        "</div>",
        markup('<span class="when">{}</span>', parts.when(at)) if at else "",
        "</li>",
    )


def fact(
    *,
    label: str,
    edit_url: str = "",
    hint: str = "",
    origin: str = "",
    old: bool = False,
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """A property of a record; with `edit_url` it is changed in place.

    `origin` says where the value comes from: shown on hover, and for all of a page by a switch.
    """
    start = markup("<dt>{}</dt><dd{}>", label, attrs)
    end = joined(
        markup('<small class="origin{}">{}</small>', " old" if old else "", origin)
        if origin
        else NONE,
        "</dd>",
    )
    if not edit_url:
        return joined(start, body or '<span class="none">–</span>', end)
    missing = markup('<span class="none">{}</span>', pgettext("a missing value", "add"))
    return joined(
        start,
        markup('<kk-inline-edit data-url="{}">', edit_url),
        f'<span class="value">{body or missing}</span>',
        markup(
            '<button type="button" class="edit" aria-label="{}"{}>{}</button>',
            _("Change %(name)s") % {"name": label},
            parts.attributes({"title": hint}),
            parts.icon("pencil"),
        ),
        "</kk-inline-edit>",
        end,
    )


COMPONENTS: dict[str, Callable[..., SafeString]] = {"entry": entry, "fact": fact}
