"""Addresses of what `frontend/build.mjs` built. Names carry a hash, so browsers keep them for ever."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

MANIFEST = Path(__file__).parent / "static" / "built" / "manifest.json"


def asset_url(name: str) -> str:
    """The address of a built file by its plain name, e.g. "app.css"."""
    return static(f"built/{_manifest().get(name, name)}")


def icons() -> frozenset[str]:
    """Names in the sprite; empty while nothing is built."""
    return _icons(_manifest().get("icons", ""))


@lru_cache(maxsize=1)
def _icons(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _manifest() -> dict[str, str]:
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:  # not built yet: pages work, without their look
        return {}
    return _read(changed)


@lru_cache(maxsize=1)
def _read(changed: int) -> dict[str, str]:
    """Read again only after a build; `changed` is the manifest's time stamp."""
    names: dict[str, str] = json.loads(MANIFEST.read_text())
    return names
