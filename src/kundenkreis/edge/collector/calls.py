"""The envelope of a request: its JSON, its write key, and the calls in it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.values import Refused
from kundenkreis.engage.tracking.cleaning import LARGEST, Unusable, json_text

BATCH = "batch"
# The SDKs of the Segment specification know each call by its name and by its first letter.
CALLS = {
    **{name: name for name in ("identify", "track", "page", "screen", "group", "alias", BATCH)},
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "b": BATCH,
    "import": BATCH,
}


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_number).decode


@dataclass(frozen=True, slots=True)
class Envelope:
    """The calls of a request, and the sender's clock when it sent them."""

    calls: list[Any]
    sent_at: Any


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises `Refused` (400)."""
    try:
        data = _decode(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no valid JSON") from None
    if not isinstance(data, dict):
        raise Refused(400, "the body is no JSON object")
    return data


def envelope(call: str, data: Mapping[str, Any]) -> Envelope:
    """The calls in the JSON of `/v1/<call>`. Raises `Refused` (400, 413)."""
    sent_at = data.get("sentAt")
    if call != BATCH:
        return Envelope([{**data, "type": call}], sent_at)
    batch = data.get("batch")
    if not isinstance(batch, list):
        raise Refused(400, "“batch” is no list")
    if len(batch) > limits.ITEMS:
        why = f"the batch has {len(batch)} calls; send at most {limits.ITEMS} at once"
        raise Refused(413, why)
    context = data.get("context")
    if isinstance(context, dict):
        _check_context(context)
        # A context of the batch holds for each of its calls that has none of its own.
        batch = [{"context": context, **one} if isinstance(one, dict) else one for one in batch]
    return Envelope(batch, sent_at)


def _check_context(context: dict[str, Any]) -> None:
    """Refuse one that would make each call of the batch too large."""
    try:
        json_text(context)
    except Unusable as error:
        if error.too_large:
            raise Refused(413, f"the batch's context is larger than {LARGEST} bytes") from None
        raise Refused(400, "the batch's context cannot be stored") from None


def write_key(authorization: bytes, data: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """The write key: Basic authorisation before the body before the query. Empty without one."""
    scheme, _, credentials = authorization.partition(b" ")
    if scheme.lower() == b"basic":
        try:
            user = base64.b64decode(credentials, validate=True).partition(b":")[0]
            return user.decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Refused(400, "the Authorization header is no valid Basic one") from None
    given = data.get("writeKey") or query.get("writeKey") or query.get("k") or ""
    return given if isinstance(given, str) else ""
