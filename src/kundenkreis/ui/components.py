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


def button(
    *,
    label: object = "",
    icon: str = "",
    kind: str = "",
    size: str = "",
    url: str = "",
    type: str = "",  # noqa: A002 - as HTML calls it
    name: str = "",
    value: object = "",
    form: str = "",
    disabled: object = False,
    key: str = "",
    opens: str = "",
    icon_only: object = False,
    hint: object = "",
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """A link with `url`, else a button: it sends its form, or opens the dialog `opens`."""
    looks = markup("button {} {}{}", kind, size, " icon-only" if icon_only else "")
    if url:
        start, tag = markup('<a class="{}" href="{}"', looks, url), "a"
    else:
        does = type or ("button" if opens else "submit")
        start, tag = markup('<button class="{}" type="{}"', looks, does), "button"
        start = joined(
            start,
            markup(' name="{}" value="{}"', name, value) if name else NONE,
            parts.attributes({"form": form, "disabled": bool(disabled)}),
        )
    said = {"data-key": key, "data-opens": opens, "aria-label": label if icon_only else ""}
    said["title"] = hint or (label if icon_only else "")
    return joined(
        start,
        parts.attributes(said),
        attrs,
        ">",
        parts.icon(icon) if icon else NONE,
        NONE if icon_only else markup('<span class="label">{}</span>', body or label),
        f"</{tag}>",
    )


def menu(
    *,
    label: object = "",
    icon: str = "",
    kind: str = "",
    size: str = "",
    show_label: object = False,
    trigger: SafeString = NONE,
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """A button that opens what is in it; `trigger` is another button in its place."""
    name = label or _("More")
    opener = trigger or joined(
        markup('<button type="button" class="button {} {}', kind or "ghost", size),
        '" aria-haspopup="menu"' if show_label else ' icon-only" aria-haspopup="menu"',
        NONE if show_label else markup(' aria-label="{}" title="{}"', name, name),
        ">",
        parts.icon(icon or "ellipsis"),
        markup('<span class="label">{}</span>', name) if show_label else NONE,
        "</button>",
    )
    return joined(f"<kk-menu{attrs}>{opener}", f'<div class="menu" popover>{body}</div></kk-menu>')


def menu_item(
    *,
    label: object = "",
    icon: str = "",
    kind: str = "",
    url: str = "",
    type: str = "",  # noqa: A002 - as HTML calls it
    name: str = "",
    value: object = "",
    opens: str = "",
    key: str = "",
    current: object = False,
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """One line of a menu: a link with `url`, else a button."""
    if url:
        start = markup('<a class="menu-item {}" href="{}"', kind, url)
        start = joined(start, ' aria-current="true"' if current else NONE)
    else:
        start = markup('<button type="{}" class="menu-item {}"', type or "button", kind)
        said = markup(' name="{}" value="{}"', name, value) if name else NONE
        start = joined(start, said, parts.attributes({"data-opens": opens}))
    return joined(
        start,
        f"{attrs}>",
        parts.icon(icon) if icon else NONE,
        markup("<span>{}</span>", body or label),
        markup("<kbd>{}</kbd>", key) if key else NONE,
        "</a>" if url else "</button>",
    )


def section(
    *,
    title: object = "",
    extra: object = "",
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """The head of a part of a page; what stands beside it is the body or `extra`."""
    start = markup('<div class="section-head"{}><h2>{}</h2>', attrs, title)
    return joined(start, markup('<span class="extra">{}{}</span></div>', extra, body))


def facts(*, body: SafeString = NONE, attrs: SafeString = NONE) -> SafeString:
    """The list that facts stand in."""
    return markup('<dl class="facts"{}>{}</dl>', attrs, body)


def figure(
    *,
    label: object,
    value: object = "",
    note: object = "",
    tone: str = "",
    size: str = "",
    body: SafeString = NONE,
    attrs: SafeString = NONE,
) -> SafeString:
    """A key figure with its name."""
    return joined(
        markup('<div class="figure {}"{}><dt>{}</dt>', size, attrs, label),
        markup("<dd>{}</dd>", body or value),
        markup('<dd class="note {}">{}</dd>', tone, note) if note else NONE,
        "</div>",
    )


COMPONENTS: dict[str, Callable[..., SafeString]] = {
    made.__name__: made for made in (button, entry, fact, facts, figure, menu, menu_item, section)
}
