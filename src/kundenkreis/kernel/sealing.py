"""Keeping what must be read again, such as a receiver's secret, so that the database alone does not
tell it: encrypted with a key from the side's secret, which lies outside of database and dump."""

from __future__ import annotations

import base64
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kundenkreis.kernel.sides import Side

_NONCE = 12


class Unreadable(Exception):
    """It was sealed with another secret, for something else, or altered."""


def seal(side: Side, purpose: str, text: str) -> str:
    """A text that only this installation reads, and only for that purpose."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(side, purpose)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(side: Side, purpose: str, sealed: str) -> str:
    """The text again. Raises `Unreadable`."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        plain = AESGCM(_key(side, purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
        return plain.decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(purpose) from error


def _key(side: Side, purpose: str) -> bytes:
    return _derived(settings.SECRET_FILES[side].read_text(), purpose)


@cache
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"sealing|{purpose}".encode()).derive(secret.encode())
