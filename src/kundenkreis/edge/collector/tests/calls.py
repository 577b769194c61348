"""Calls as clients send them, and what became of them."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from typing import Any

from kundenkreis.edge.testing import Edge


def basic(key: str) -> dict[str, str]:
    """The header in which SDKs send the write key."""
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def track(event: str, visitor: str, **more: Any) -> dict[str, Any]:
    """A track call with an id of its own."""
    ids = {"anonymousId": visitor, "messageId": str(uuid.uuid4())}
    return {"type": "track", "event": event, **ids, **more}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def consent(edge: Edge, visitor: str, *, granted: bool = True) -> None:
    """A visitor's answer, as the browser script sends it."""
    body = {
        "writeKey": edge.keys["browser"],
        "sentAt": now(),
        "anonymousId": visitor,
        "granted": granted,
        "textVersion": "2026-11",
        "language": "de",
        "at": now(),
        "pageUrl": "https://shop.example/p?secret=1#x",
    }
    assert edge.ask("/v1/consent", body).json == {"success": True}


def events(edge: Edge, visitor: str) -> list[str]:
    """The types of a person's events by one of their names, in the order of the log."""
    sql = f"""
        SELECT e.type FROM engage_tracking_event e
        JOIN engage_profiles_profile did ON did.id = e.profile_id
        JOIN engage_profiles_identifier i ON i.value = '{visitor}'
        JOIN engage_profiles_profile named ON named.id = i.profile_id
        WHERE coalesce(did.canonical_id, did.id) = coalesce(named.canonical_id, named.id)
        ORDER BY e.id
    """  # noqa: S608 - our own value
    return [name for (name,) in edge.rows(sql)]
