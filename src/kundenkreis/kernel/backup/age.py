"""Encrypting a stream as the tool `age` does, so that it opens what we write: age-encryption.org/v1.

A header holds a file key, wrapped for a passphrase or for public keys; the content follows in pieces
of 64 KiB, each with its number and a seal, the last marked as such: a piece that was altered, moved,
left out or cut off is found. The content passes through; never more than a piece is in memory.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from Cryptodome.Cipher import ChaCha20_Poly1305
from django.utils.translation import gettext as _

from kundenkreis.kernel.backup.errors import Damaged, WrongKey
from kundenkreis.kernel.backup.keys import Key, exchange, public

VERSION = b"age-encryption.org/v1"
PIECE, SEAL = 64 * 1024, 16
WORK = (
    16  # scrypt with 2^16 rounds: a fifth of a second and 64 MiB for each passphrase that is tried
)
MOST_WORK = 20
LONGEST_LINE, MOST_LINES = 512, 200
_ZERO = bytes(12)


@dataclass(frozen=True, slots=True)
class _Stanza:
    """The file key, wrapped for one key."""

    kind: str
    arguments: list[str]
    body: bytes


class Sealed(io.RawIOBase):
    """A file that is encrypted while it is written; `close` marks its end."""

    def __init__(self, file: IO[bytes], key: Key) -> None:
        self._file, self._number, self._rest = file, 0, bytearray()
        self._given_up = False
        file_key, nonce = secrets.token_bytes(16), secrets.token_bytes(16)
        header = b"\n".join([VERSION, *_written(_wrap(key, file_key)), b"---"])
        mac = _text(_mac(file_key, header)).encode()
        file.write(header + b" " + mac + b"\n" + nonce)
        self._key = _derived(file_key, nonce, b"payload")

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._rest += view
        # One byte more than a piece: only the end knows which piece is the last.
        while len(self._rest) > PIECE:
            self._put(bytes(self._rest[:PIECE]), last=False)
            del self._rest[:PIECE]
        return len(view)

    def finish(self) -> None:
        """Write what is left, as the last piece. What was closed without it is cut short."""
        self._put(bytes(self._rest), last=True)
        self._rest.clear()

    def give_up(self) -> None:
        """Write nothing any more, whatever still comes."""
        self._given_up = True

    def _put(self, piece: bytes, *, last: bool) -> None:
        if self._given_up:
            return
        cipher = ChaCha20_Poly1305.new(key=self._key, nonce=_nonce(self._number, last=last))
        sealed, seal = cipher.encrypt_and_digest(piece)
        self._file.write(sealed + seal)
        self._number += 1


class Opened(io.RawIOBase):
    """The content of a file that was sealed. Raises `WrongKey`, and `Damaged` at the piece that is."""

    def __init__(self, file: IO[bytes], key: Key) -> None:
        self._file, self._number, self._ended = file, 0, False
        self._piece = memoryview(b"")
        stanzas, header, mac = _read_header(file)
        file_key = _unwrap(key, stanzas)
        if not hmac.compare_digest(_mac(file_key, header), mac):
            raise damaged()
        nonce = file.read(16)
        if len(nonce) != 16:
            raise damaged()
        self._key = _derived(file_key, nonce, b"payload")
        self._next = file.read(PIECE + SEAL)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        if not self._piece and not self._ended:
            self._piece = memoryview(self._take())
        into = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        count = min(len(into), len(self._piece))
        into[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count

    def _take(self) -> bytes:
        sealed, self._next = self._next, self._file.read(PIECE + SEAL)
        self._ended = not self._next
        if len(sealed) < SEAL or (not self._ended and len(sealed) < PIECE + SEAL):
            raise damaged()
        cipher = ChaCha20_Poly1305.new(key=self._key, nonce=_nonce(self._number, last=self._ended))
        try:
            piece = cipher.decrypt_and_verify(sealed[:-SEAL], sealed[-SEAL:])
        except ValueError as error:
            raise damaged() from error
        self._number += 1
        return piece


def damaged() -> Damaged:
    return Damaged(
        _("The backup is damaged."),
        _("It is cut short, or something in it was altered."),
        _(
            "Nothing was changed. Take another backup, or fetch this one again from where it is kept."
        ),
    )


def _wrap(key: Key, file_key: bytes) -> _Stanza:
    if key.passphrase:
        salt = secrets.token_bytes(16)
        wrapping = _scrypt(key.passphrase, salt, WORK)
        return _Stanza("scrypt", [_text(salt), str(WORK)], _seal(wrapping, file_key))
    once = secrets.token_bytes(32)
    share = public(once)
    return _Stanza(
        "X25519",
        [_text(share)],
        _seal(_agreed(once, key.recipient, share, key.recipient), file_key),
    )


def _unwrap(key: Key, stanzas: Sequence[_Stanza]) -> bytes:
    for stanza in stanzas:
        if opening := _opening(key, stanza):
            cipher = ChaCha20_Poly1305.new(key=opening(), nonce=_ZERO)
            try:
                return cipher.decrypt_and_verify(stanza.body[:-SEAL], stanza.body[-SEAL:])
            except ValueError:
                continue
    raise WrongKey(
        _("The key does not open this backup."),
        _("It was made with another passphrase or for another key."),
        _("Name the file with the right one: --key FILE."),
    )


def _opening(key: Key, stanza: _Stanza) -> Callable[[], bytes] | None:
    """What gives the key that a stanza is wrapped with; None where this key has none for it."""
    if len(stanza.body) != 16 + SEAL:
        return None
    match stanza.kind, stanza.arguments:
        case "scrypt", [salt, work] if key.passphrase:
            if not work.isdigit() or int(work) > MOST_WORK:
                raise damaged()
            return lambda: _scrypt(key.passphrase, _bytes(salt), int(work))
        case "X25519", [share] if key.identity:
            other = _bytes(share)
            return lambda: _agreed(key.identity, other, other, key.recipient)
    return None


def _scrypt(passphrase: str, salt: bytes, work: int) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(), salt=VERSION + b"/scrypt" + salt, n=2**work, r=8, p=1, dklen=32,
        maxmem=2 ** (work + 10) + 2**20,
    )  # fmt: skip


def _agreed(own: bytes, other: bytes, share: bytes, recipient: bytes) -> bytes:
    return _derived(exchange(own, other), share + recipient, VERSION + b"/X25519")


def _seal(wrapping: bytes, file_key: bytes) -> bytes:
    sealed, seal = ChaCha20_Poly1305.new(key=wrapping, nonce=_ZERO).encrypt_and_digest(file_key)
    return sealed + seal


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """HKDF-SHA-256 of one block (RFC 5869)."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _written(stanza: _Stanza) -> Iterator[bytes]:
    yield " ".join(["->", stanza.kind, *stanza.arguments]).encode()
    body = _text(stanza.body)
    # The last line is shorter than 64 digits, if need be empty.
    yield from (body[at : at + 64].encode() for at in range(0, len(body) + 1, 64))


def _read_header(file: IO[bytes]) -> tuple[list[_Stanza], bytes, bytes]:
    """The stanzas, the bytes that the header's own seal covers, and that seal."""
    lines = _lines(file)
    covered = [next(lines, b"")]
    stanzas: list[_Stanza] = []
    if covered[0] != VERSION:
        raise Damaged(
            _("This is no backup of Kundenkreis."),
            _("It does not begin as a file encrypted with age does."),
            _("Name a file that “kundenkreis backup” has written."),
        )
    for line in lines:
        if line.startswith(b"--- "):
            return (
                stanzas,
                b"\n".join([*covered, b"---"]),
                _bytes(line[4:].decode("ascii", "replace")),
            )
        if not line.startswith(b"-> "):
            break
        covered.append(line)
        kind, *arguments = line[3:].decode("ascii", "replace").split(" ")
        body = ""
        for more in lines:
            covered.append(more)
            body += more.decode("ascii", "replace")
            if len(more) < 64:
                break
        stanzas.append(_Stanza(kind, arguments, _bytes(body)))
    raise damaged()


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    for _number in range(MOST_LINES):
        line = file.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            return
        yield line[:-1]


def _text(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (BadBase64, ValueError) as error:
        raise damaged() from error
