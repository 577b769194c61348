"""The short-lived process that opens what somebody brings: packed folders, and vCards.

As `records.exchange.child`, it knows no database and has limited memory, time and output; names in
an archive are only told, never used as paths.

    echo '{"do": "unpack", …}' | python -I -m kundenkreis.integrations.crm.folder.child
"""

from __future__ import annotations

import json
import lzma
import sys
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from kundenkreis.integrations.crm.folder import vcards
from kundenkreis.records.exchange.child import INDEXED, Refused, limit

BLOCK = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)


def unpack(asked: dict[str, Any]) -> dict[str, Any]:
    """Write the files of an archive as `upload-N` into a folder; says what they are called."""
    files: list[dict[str, Any]] = []
    left: list[dict[str, str]] = []
    total = 0
    folder, number = Path(asked["folder"]), asked["first"]
    try:
        with zipfile.ZipFile(asked["source"]) as archive:
            members = archive.infolist()
            _refuse_bombs(members, asked)
            for member in members:
                name = _name(member)
                if member.is_dir() or _is_litter(name):
                    continue
                if member.flag_bits & 1:
                    left.append({"name": name, "why": "password"})
                    continue
                if len(files) >= asked["most"]:
                    left.append({"name": name, "why": "many"})
                    continue
                path = folder / f"upload-{number}"
                try:
                    size = _copy(archive, member, path, asked["unpacked"] - total)
                except BROKEN:
                    left.append({"name": name, "why": "broken"})
                    path.unlink(missing_ok=True)
                    continue
                total += size
                files.append({"name": name, "size": size, "upload": number})
                number += 1
    except (*BROKEN, OSError, ValueError) as error:
        raise Refused("broken", why=str(error)[:200]) from error
    return {"files": files, "left": left}


def _name(member: zipfile.ZipInfo) -> str:
    """What a file is called, for people: the end of its path, without anything that is no letter."""
    name = member.filename.replace("\\", "/").rstrip("/")
    if not member.flag_bits & 0x800:  # old programs write names as their machine does
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "".join(letter for letter in "/".join(parts[-2:]) if letter.isprintable())[-120:]


def _is_litter(name: str) -> bool:
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last.startswith((".", "~$")) or last == "Thumbs.db"


def _refuse_bombs(members: list[zipfile.ZipInfo], asked: dict[str, Any]) -> None:
    size = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if len(members) > asked["parts"] or size > asked["unpacked"]:
        raise Refused("bomb")
    if size > asked["harmless"] and size > packed * asked["ratio"]:
        raise Refused("bomb")


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most: int) -> int:
    """Unpack one file; what its head says of its size is not believed."""
    size = 0
    with archive.open(member) as source, path.open("wb") as target:
        while block := source.read(BLOCK):
            size += len(block)
            if size > most:
                raise Refused("bomb")
            target.write(block)
    return size


def read_cards(asked: dict[str, Any]) -> dict[str, Any]:
    """vCards in the plain form of tables."""
    places, count = [], 0
    with (
        Path(asked["source"]).open("rb") as source,
        Path(asked["target"]).open("w", encoding="utf-8", newline="\n") as target,
    ):
        start = source.read(4)
        source.seek(0)
        lines = iter(source) if b"\0" not in start else _wide(source.read(), start)
        for line, cells in vcards.rows(lines):
            if count % INDEXED == 0:
                places.append(target.tell())
            target.write(json.dumps([line, cells], ensure_ascii=False) + "\n")
            count += 1
    if not count:
        raise Refused("empty")
    return {"format": "vcf", "header": list(vcards.COLUMNS), "rows": count, "places": places}


def _wide(data: bytes, start: bytes) -> Any:
    name = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le"
    return iter(data.decode(name, "replace").encode().splitlines(keepends=True))


def main() -> int:
    """Do what standard input asks for; the answer is JSON."""
    asked = json.load(sys.stdin)
    limit(asked["memory"], asked["seconds"], asked["output"])
    try:
        answer = {"unpack": unpack, "cards": read_cards}[asked["do"]](asked)
    except Refused as refused:
        answer = {"refused": refused.code, **refused.facts}
    except (MemoryError, OSError, RuntimeError) as error:
        answer = {"refused": "large", "why": type(error).__name__}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
