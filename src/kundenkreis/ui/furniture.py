"""What the shell around a staff page shows: navigation and theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

THEMES = ("system", "light", "dark")
THEME_COOKIE = "kk_theme"
PHONE_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column of `ui/table.html`; `sorted` says "ascending" or "descending"."""

    label: StrOrPromise
    numeric: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One page of the navigation.

    Parameters: `icon` is a lucide name, `count` shows open work, `phone` puts the page into the
    bottom bar on phones (at most three), `key` is its shortcut, e.g. "g p"; `badge` names a count
    that comes after the page.
    """

    label: StrOrPromise
    url: str
    icon: str
    count: int | None = None
    current: bool = False
    phone: bool = False
    key: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """Pages under one heading; the first group has none. A `folded` one opens when asked, and where
    one is on one of its pages."""

    label: StrOrPromise
    items: tuple[NavigationItem, ...] = ()
    folded: bool = False

    @property
    def open(self) -> bool:
        return any(item.current for item in self.items)


def phone_items(navigation: Iterable[NavigationGroup]) -> list[NavigationItem]:
    """The pages of the bottom bar: those marked, else the first three."""
    pages = [page for group in navigation for page in group.items]
    return ([page for page in pages if page.phone] or pages)[:PHONE_ITEMS]


def theme_of(request: HttpRequest | None) -> str:
    """The theme this browser chose; "system" follows the device."""
    chosen = request.COOKIES.get(THEME_COOKIE, "system") if request is not None else "system"
    return chosen if chosen in THEMES else "system"
