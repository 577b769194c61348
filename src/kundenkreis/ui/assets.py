"""Addresses of what `frontend/build.mjs` built. Names carry a hash, so browsers keep them for ever."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

MANIFEST = Path(__file__).parent / "static" / "built" / "manifest.json"


def build() -> int:
    """A number that changes whenever the front end is built anew."""
    return _changed(_second())


def asset_url(name: str) -> str:
    """The address of a built file by its plain name, e.g. "app.css"."""
    return _address(name, build())


def icons() -> frozenset[str]:
    """Names in the sprite; empty while nothing is built."""
    return _icons(build())


@lru_cache(maxsize=256)
def _address(name: str, changed: int) -> str:
    return static(f"built/{_read(changed).get(name, name)}")


@lru_cache(maxsize=1)
def _icons(changed: int) -> frozenset[str]:
    return frozenset(_read(changed).get("icons", "").split())


def _second() -> int:
    return int(time.monotonic())


@lru_cache(maxsize=1)
def _changed(second: int) -> int:
    """When the manifest was last built, looked up once a second; 0 while nothing is built."""
    try:
        return MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:  # pages work, without their look
        return 0


@lru_cache(maxsize=1)
def _read(changed: int) -> dict[str, str]:
    names: dict[str, str] = json.loads(MANIFEST.read_text()) if changed else {}
    return names
