"""Whether a file is a picture that can be printed: read here only as far as that takes."""

from __future__ import annotations

import zlib

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Where the size of a JPEG stands; none of the forms that only few programs read.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


def picture_kind(content: bytes) -> str:
    """ "png" or "jpg"; empty for anything else, and for what is broken off."""
    if content.startswith(_PNG):
        return "png" if _whole_png(content) else ""
    if content.startswith(_JPEG):
        return "jpg" if _whole_jpeg(content) else ""
    return ""


def _whole_png(content: bytes) -> bool:
    """Every part has its checksum, pixels are there, and the last part is the end."""
    at, seen = len(_PNG), set[bytes]()
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        part = content[at + 4 : at + 8 + size]
        check = content[at + 8 + size : at + 12 + size]
        if zlib.crc32(part).to_bytes(4, "big") != check:
            return False
        seen.add(part[:4])
        if part[:4] == b"IEND":
            return {b"IHDR", b"IDAT"} <= seen
        at += 12 + size
    return False


def _whole_jpeg(content: bytes) -> bool:
    """Its segments lead to a frame and on to the pixels, and its last mark is the end."""
    at, framed = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xDA:
            return framed and b"\xff\xd9" in content[at:]
        framed |= mark in _FRAMES
        at += 2 if mark in _BARE else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False
