"""Messages to a browser that is closed: encrypted for it, and proved to be from this installation.

Sources: RFC 8030 (the push service), RFC 8188 and RFC 8291 (`aes128gcm` for one browser), RFC 8292
(VAPID). The key of the installation is made from its secret, so that there is no second one to keep.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from kundenkreis.kernel.sides import Side

CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RECORD = 4096  # bytes of one record; a message is shorter
_LAST = b"\x02"
GOOD_FOR = timedelta(hours=12)
KEPT_FOR = timedelta(days=1)  # by the push service, while the browser is away


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser is reached, and with what it decrypts."""

    endpoint: str
    key: str
    auth: str


def message(browser: Browser, text: bytes, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and head of a request to a browser's push service. Raises `ValueError`."""
    private = ec.generate_private_key(CURVE)
    body = encrypt(text, _decoded(browser.key), _decoded(browser.auth), private, os.urandom(16))
    return body, {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(int(KEPT_FOR.total_seconds())),
        "Topic": "kundenkreis",  # a newer one takes the place of one that waits
        "Authorization": authorization(browser.endpoint, at),
    }


def encrypt(
    text: bytes, key: bytes, auth: bytes, private: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """One record for whoever has the private part of `key` (RFC 8291, section 3.4)."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key)
    ours = _point(private)
    shared = private.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, auth, b"WebPush: info\0" + key + ours, 32)
    content = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content).encrypt(nonce, text + _LAST, None)


def authorization(endpoint: str, at: datetime) -> str:
    """Who sends, so that the push service knows whom to ask (RFC 8292)."""
    parts = urlsplit(endpoint)
    claims: Mapping[str, object] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + GOOD_FOR).timestamp()),
        "sub": settings.STAFF_ADDRESS,
    }
    token = jwt.encode(dict(claims), _private(), algorithm="ES256")
    return f"vapid t={token}, k={public_key()}"


def public_key() -> str:
    """What browsers bind a subscription to."""
    return _encoded(_point(_private()))


def _private() -> ec.EllipticCurvePrivateKey:
    secret = settings.SECRET_FILES[Side.CRM].read_text().encode()
    raw = HKDF(SHA256(), 48, salt=None, info=b"webpush|vapid").derive(secret)
    return ec.derive_private_key(int.from_bytes(raw, "big") % (_ORDER - 1) + 1, CURVE)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)


def _point(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
