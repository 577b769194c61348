"""How far a token reaches: what its owner may at this moment, and of that what its scopes name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType

from kundenkreis.kernel.access import Level, Viewer

ALL_TYPES = "*"
READ, WRITE = "read", "write"
# What can be done over the API; everything else that staff may do has no address there.
ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {READ: ("read",), WRITE: ("read", "create", "change", "remove")}
)


def narrowed(viewer: Viewer, scopes: Mapping[str, str]) -> Viewer:
    """The same viewer with no other rights than those that scopes name, each as far as it reached."""
    grants: dict[str, Level] = {}
    for (right, level), wanted in product(viewer.grants.items(), patterns(scopes)):
        both = _both(right, wanted)
        if both:
            grants[both] = max(grants.get(both, Level.NONE), level)
    return replace(viewer, grants=MappingProxyType(grants))


def patterns(scopes: Mapping[str, str]) -> Iterable[str]:
    """The rights that scopes name, as grants say them: `crm.person.read`."""
    for subject, level in scopes.items():
        for action in ACTIONS[level]:
            yield f"{'*.*' if subject == ALL_TYPES else subject}.{action}"


def _both(one: str, other: str) -> str:
    """The pattern that matches just what both match; empty where there is nothing such."""
    parts = []
    for first, second in zip(one.split("."), other.split("."), strict=True):
        if "*" not in (first, second) and first != second:
            return ""
        parts.append(second if first == "*" else first)
    return ".".join(parts)
