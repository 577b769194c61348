"""A browser that stands in for a real one: its keys, and what it reads."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kundenkreis.kernel import webpush


@dataclass
class StandIn:
    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(webpush.CURVE)
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def key(self) -> bytes:
        return webpush._point(self.private)

    @property
    def browser(self) -> webpush.Browser:
        key, auth = webpush._encoded(self.key), webpush._encoded(self.auth)
        return webpush.Browser(self.endpoint, key, auth)


def decrypt(browser: StandIn, body: bytes) -> bytes:
    """As a browser does it (RFC 8291, section 3.4), from the other end."""
    salt, length = body[:16], body[20]
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    known = ec.EllipticCurvePublicKey.from_encoded_point(webpush.CURVE, sender)
    shared = browser.private.exchange(ec.ECDH(), known)
    info = b"WebPush: info\0" + browser.key + sender
    secret = webpush._derived(shared, browser.auth, info, 32)
    content = webpush._derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = webpush._derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(content).decrypt(nonce, sealed, None).rstrip(b"\x02")
