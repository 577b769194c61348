"""Addresses of a list with some of their parameters changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

LONGEST = 1_500  # what a record's address tells of its list


def changed(address: str, parameters: QueryDict, **values: str | Sequence[str]) -> str:
    """The address with these parameters in place of those it has; empty ones are left out."""
    kept: dict[str, Sequence[str]] = dict(parameters.lists())
    for name, value in values.items():
        kept[name] = [value] if isinstance(value, str) and value else value
    query = urlencode([(name, value) for name, texts in kept.items() for value in texts])
    return f"{address}?{query}" if query else address


def within(parameters: QueryDict) -> str:
    """What the addresses of a list's records end with, so that they know their list."""
    query = changed("", parameters, after="", before="")[1:]
    return f"?{urlencode({'in': query})}" if len(query) <= LONGEST else ""
