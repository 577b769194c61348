"""Signatures by which a receiver knows that a message is ours, and new.

Source: Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, secrets `whsec_…`.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secrets_: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What a message carries: one signature for each secret that holds now."""
    stamp = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signature(one, message_id, stamp, body) for one in secrets_),
    }


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, sha256).digest()
    return "v1," + base64.b64encode(made).decode()
