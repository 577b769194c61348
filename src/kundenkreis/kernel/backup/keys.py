"""Keys of backups: a passphrase, or a pair as `age-keygen` makes it, of which the public half is
enough to make a backup. Each is read from a file that lies outside of the installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from Cryptodome.Protocol.DH import (
    import_x25519_private_key,
    import_x25519_public_key,
    key_agreement,
)
from django.utils.translation import gettext as _

from kundenkreis.kernel.backup.errors import BackupRefused

SHORTEST = 12  # characters of a passphrase
PUBLIC, PRIVATE = "age", "age-secret-key-"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


@dataclass(frozen=True, slots=True)
class Key:
    """What a backup is encrypted with. With `recipient` alone it cannot be opened again."""

    passphrase: str = field(default="", repr=False)
    recipient: bytes = b""
    identity: bytes = field(default=b"", repr=False)


def read(path: Path) -> Key:
    """The key in a file: its first line that is no comment. Raises `BackupRefused`."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, _("It cannot be read.")) from error
    said = next((line.strip() for line in lines if line.strip() and not line.startswith("#")), "")
    try:
        if said.startswith(f"{PUBLIC}1"):
            return Key(recipient=_decoded(said, PUBLIC))
        if said.lower().startswith(f"{PRIVATE}1"):
            identity = _decoded(said.lower(), PRIVATE)
            return Key(recipient=public(identity), identity=identity)
    except ValueError as error:
        raise _unusable(path, _("The key in it is mistyped or cut off.")) from error
    if len(said) < SHORTEST:
        raise _unusable(path, _("A passphrase has at least %d characters.") % SHORTEST)
    return Key(passphrase=said)


def _unusable(path: Path, why: str) -> BackupRefused:
    return BackupRefused(
        _("The file “%s” holds no key for backups.") % path,
        why,
        _("Write a long passphrase into its first line, or a key of age-keygen."),
    )


def public(identity: bytes) -> bytes:
    """The public half of a key."""
    key = import_x25519_private_key(identity)
    return bytes(key.public_key().export_key(format="raw"))


def exchange(own: bytes, other: bytes) -> bytes:
    """The secret that two keys agree upon (X25519)."""
    return bytes(
        key_agreement(
            static_priv=import_x25519_private_key(own),
            static_pub=import_x25519_public_key(other),
            kdf=lambda secret: secret,
        )
    )


def _decoded(text: str, prefix: str) -> bytes:
    """The 32 bytes of a key as Bech32 writes it (BIP 173). Raises `ValueError`."""
    head, _one, tail = text.rpartition("1")
    values = [_LETTERS.index(letter) for letter in tail]
    widened = [ord(one) >> 5 for one in head] + [0] + [ord(one) & 31 for one in head]
    if head != prefix or _checksum(widened + values) != 1:
        raise ValueError(prefix)
    number, bits = 0, 5 * (len(values) - 6)
    for value in values[:-6]:
        number = number << 5 | value
    if bits // 8 != 32:
        raise ValueError(prefix)
    return (number >> bits % 8).to_bytes(32, "big")


def _checksum(values: list[int]) -> int:
    sum_ = 1
    for value in values:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            sum_ ^= generator if top >> bit & 1 else 0
    return sum_
