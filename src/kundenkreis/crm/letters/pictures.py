"""Whether a file is a picture that can be printed: read here only as far as that takes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

MOST_SIDE = 4_000  # pixels
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# What each kind of colour consists of, and the bits that each part may have.
_COLOURS = {
    0: (1, (1, 2, 4, 8, 16)),
    2: (3, (8, 16)),
    3: (1, (1, 2, 4, 8)),
    4: (2, (8, 16)),
    6: (4, (8, 16)),
}
# Where the pixels of each of the seven passes of an interlaced picture begin, and their steps.
_WHOLE = ((0, 0, 1, 1),)
_PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip
_BLOCK = 1 << 20
# Where the size of a JPEG stands; none of the forms that only few programs read.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


def picture_kind(content: bytes) -> str:
    """ "png" or "jpg"; empty for anything else, for what is broken, and for what is too large."""
    if content.startswith(_PNG):
        return "png" if _whole_png(content) else ""
    if content.startswith(_JPEG):
        return "jpg" if _whole_jpeg(content) else ""
    return ""


def _whole_png(content: bytes) -> bool:
    """Every part has its checksum, the last one is the end, and all pixels are there."""
    at, parts = len(_PNG), list[tuple[bytes, bytes]]()
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        part = content[at + 4 : at + 8 + size]
        check = content[at + 8 + size : at + 12 + size]
        if zlib.crc32(part).to_bytes(4, "big") != check:
            return False
        parts.append((part[:4], part[4:]))
        if part[:4] == b"IEND":
            return parts[0][0] == b"IHDR" and _all_pixels(parts)
        at += 12 + size
    return False


def _all_pixels(parts: list[tuple[bytes, bytes]]) -> bool:
    head = parts[0][1]
    if len(head) != 13 or head[9] not in _COLOURS or head[10] or head[11] or head[12] > 1:
        return False
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    channels, depths = _COLOURS[head[9]]
    if not _fits(width, height) or head[8] not in depths:
        return False
    if head[9] == 3 and all(name != b"PLTE" for name, _data in parts):
        return False
    bits, wanted = head[8] * channels, 0
    for left, top, across, down in _PASSES if head[12] else _WHOLE:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            wanted += rows * (1 + -(-columns * bits // 8))
    return _unpacks_to(wanted, (data for name, data in parts if name == b"IDAT"))


def _unpacks_to(wanted: int, packed: Iterable[bytes]) -> bool:
    """Whether so many bytes are in there; no more of them is kept than a block."""
    reader, size = zlib.decompressobj(), 0
    try:
        for data in packed:
            size += len(reader.decompress(data, _BLOCK))
            while reader.unconsumed_tail and size <= wanted:
                size += len(reader.decompress(reader.unconsumed_tail, _BLOCK))
        return size <= wanted and size + len(reader.flush()) == wanted
    except zlib.error:
        return False


def _whole_jpeg(content: bytes) -> bool:
    """Its segments lead to a frame and on to the pixels, and its last mark is the end."""
    at, framed = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xDA:
            return framed and b"\xff\xd9" in content[at:]
        if mark in _FRAMES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            framed = _fits(int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        at += 2 if mark in _BARE else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False


def _fits(width: int, height: int) -> bool:
    return 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE
