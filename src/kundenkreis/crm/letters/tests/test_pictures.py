"""A logo that is accepted can be printed: otherwise every letter on that paper would fail."""

from __future__ import annotations

import zlib

import pytest

from kundenkreis.crm.letters.pictures import picture_kind


def chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + name + content + check


def png(
    pixels: bytes,
    *,
    width: int = 1,
    height: int = 1,
    depth: int = 8,
    colour: int = 2,
    woven: int = 0,
) -> bytes:
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    head += bytes([depth, colour, 0, 0, woven])
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


ONE = zlib.compress(b"\0\xff\0\0")
FRAME = b"\xff\xd8\xff\xc0\x00\x0b\x08%b%b\x01\x01\x11\x00\xff\xda\x00\x02..\xff\xd9"


def jpeg(width: int, height: int) -> bytes:
    return FRAME % (height.to_bytes(2, "big"), width.to_bytes(2, "big"))


@pytest.mark.parametrize(
    ("kind", "picture"),
    [
        ("png", png(ONE)),
        ("png", png(zlib.compress(b"\0\x80"), depth=1, colour=0)),
        ("png", png(zlib.compress(bytes(3_000 * 9_001)), width=3_000, height=3_000)),
        # 8 × 8 woven: passes of 1, 1, 2, 4, 8, 16 and 32 pixels in 1, 1, 1, 2, 2, 4 and 4 rows.
        ("png", png(zlib.compress(bytes(15 + 64)), width=8, height=8, colour=0, woven=1)),
        ("jpg", jpeg(600, 600)),
    ],
)
def test_control_whole_pictures_are_taken(kind: str, picture: bytes) -> None:
    assert picture_kind(picture) == kind


@pytest.mark.parametrize(
    "picture",
    [
        png(ONE, width=0),
        png(ONE, width=2),
        png(ONE, depth=99),
        png(ONE, colour=3),
        png(ONE, colour=5),
        png(ONE, width=2**31 - 1, height=2**31 - 1),
        png(zlib.compress(b"\0")),
        png(zlib.compress(bytes(50_000_000))),
        png(b"nonsense"),
        jpeg(0, 5),
        jpeg(60_000, 60_000),
    ],
)
def test_what_nobody_could_print_is_no_picture(picture: bytes) -> None:
    assert picture_kind(picture) == ""
