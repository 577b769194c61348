from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.kernel.backup import age, keys
from kundenkreis.kernel.backup.errors import BackupRefused, Damaged, WrongKey
from kundenkreis.kernel.backup.keys import Key

IDENTITY = "AGE-SECRET-KEY-15J89XFEAGTL2M86C5TY7WQDUPKSE22WUN8LAQ9EEC4RM60YXRR0QMNVE73"
PUBLIC = "age15ws8ccf6xrl303rhtxtd4wlf9y4n34gh5s4x23p85uv3hds6a4rs3wapq0"
# "Moin" three times for that key, as another program of the same form wrote it.
FOREIGN = b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSAwTXRnWnJ3VU0rT1Y4T0NMVDl2eDZHc3FCYlpDQVkyOTlsOHo0US94"
    "VzA4CmxUUEJnZUhVSWk2bTNXVjAyUWxuZmt3VHZWVHo2T2ZFVEpIUGl3ekVaM1UKLT4gbz8tZ3JlYXNlIFokKWJqU0oKZDF5"
    "QktYYVkxWG9CT3dEUE9OeHlSajVPWDU1THE3UVZONlNzM29EcUkrMlhnU3VoRXJ1aUIvbmtIS3d0WVNrcAovNkdWTXl3Ci0t"
    "LSBaU0hlQXluMGJ3eTFUcGNIek1JdXd0YkFUQjRWMzBtaURGVkN0UWNpTlFzCi3rOrFeL7tQ/70b2/0fHEK0OntbXh0zQvbL"
    "Aavp68+uMumGDEQguy+yFGTx"
)


def _key(folder: Path, text: str) -> Key:
    path = folder / "key"
    path.write_text(f"# a comment\n{text}\n")
    return keys.read(path)


def _sealed(key: Key, *pieces: bytes) -> bytes:
    file = io.BytesIO()
    sealed = age.Sealed(file, key)
    for piece in pieces:
        sealed.write(piece)
    sealed.finish()
    return file.getvalue()


def _opened(key: Key, data: bytes) -> bytes:
    return io.BufferedReader(age.Opened(io.BytesIO(data), key)).read()


def test_it_opens_what_another_program_has_written(tmp_path: Path) -> None:
    assert _opened(_key(tmp_path, IDENTITY), FOREIGN) == b"MoinMoinMoin"


def test_the_public_half_is_enough_to_write_and_not_to_read(tmp_path: Path) -> None:
    public = _key(tmp_path, PUBLIC)
    sealed = _sealed(public, b"Moin")
    assert _opened(_key(tmp_path, IDENTITY), sealed) == b"Moin"
    with pytest.raises(WrongKey):
        _opened(public, sealed)


@pytest.mark.parametrize("size", [0, 1, age.PIECE - 1, age.PIECE, age.PIECE + 1, 3 * age.PIECE])
def test_it_gives_back_what_was_written_whatever_its_length(tmp_path: Path, size: int) -> None:
    key, data = _key(tmp_path, PUBLIC), bytes(index % 251 for index in range(size))
    sealed = _sealed(key, data[: size // 3], data[size // 3 :])
    assert _opened(_key(tmp_path, IDENTITY), sealed) == data


def test_a_passphrase_opens_what_it_sealed_and_no_other_does(tmp_path: Path) -> None:
    sealed = _sealed(_key(tmp_path, "blue horses sing at noon"), b"Moin")
    assert _opened(_key(tmp_path, "blue horses sing at noon"), sealed) == b"Moin"
    with pytest.raises(WrongKey):
        _opened(_key(tmp_path, "blue horses sing at nine"), sealed)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_whatever_bit_is_turned_is_found(at: int, bit: int) -> None:
    identity = keys._decoded(IDENTITY.lower(), keys.PRIVATE)
    key = Key(recipient=keys.public(identity), identity=identity)
    sealed = bytearray(_SEALED or _SEALED.extend(_sealed(key, b"Moin" * 40_000)) or _SEALED)
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises((Damaged, WrongKey)):
        _opened(key, bytes(sealed))


_SEALED = bytearray()


@given(left=st.integers(0, 160_000))
def test_whatever_is_cut_off_is_found(left: int) -> None:
    identity = keys._decoded(IDENTITY.lower(), keys.PRIVATE)
    key = Key(recipient=keys.public(identity), identity=identity)
    sealed = _sealed(key, b"Moin" * 40_000)
    with pytest.raises(Damaged):
        _opened(key, sealed[: left % len(sealed)])


def test_pieces_that_change_places_are_found(tmp_path: Path) -> None:
    key = _key(tmp_path, IDENTITY)
    sealed = _sealed(key, b"a" * age.PIECE, b"b" * age.PIECE, b"c")
    begin = len(sealed) - 2 * (age.PIECE + age.SEAL) - 1 - age.SEAL
    first, second = (
        sealed[begin + n * (age.PIECE + age.SEAL) : begin + (n + 1) * (age.PIECE + age.SEAL)]
        for n in (0, 1)
    )
    assert _opened(key, sealed)[:1] == b"a"
    with pytest.raises(Damaged):
        _opened(key, sealed[:begin] + second + first + sealed[begin + 2 * (age.PIECE + age.SEAL) :])


@pytest.mark.parametrize("text", ["short", "", PUBLIC[:-1] + "q", IDENTITY[:-2]])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BackupRefused, match="holds no key"):
        _key(tmp_path, text)
