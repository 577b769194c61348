"""The files of an export: collected, as JSON and PDF, and encrypted; each in a folder of its own
that nobody else may look into."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.sides import Side

RAW, DATA, PAGES, PACKAGE = "raw.json", "data.json", "data.pdf", "package.zip"
# Read aloud and typed without mistakes: no 0, O, 1, I.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_name() -> str:
    """A name for a folder that nobody can guess."""
    return secrets.token_hex(16)


def place(folder: str, name: str) -> Path:
    """A file in the folder of an export, which is made if it is not there yet."""
    if not folder.isalnum():
        raise ValueError(folder)
    path: Path = settings.FOLDERS[Side.CRM] / "disclosures" / folder
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    return path / name


def write(folder: str, name: str, found: Any) -> None:
    text = json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    place(folder, name).write_text(text, "utf-8")


def read(folder: str, name: str) -> Any:
    return json.loads(place(folder, name).read_text("utf-8"))


def drop(folder: str, *names: str) -> None:
    """Delete files of a folder, or all of it."""
    if not names:
        shutil.rmtree(place(folder, RAW).parent, ignore_errors=True)
    for name in names:
        place(folder, name).unlink(missing_ok=True)


def folders() -> set[str]:
    """The names of all that lie there."""
    path: Path = settings.FOLDERS[Side.CRM] / "disclosures"
    return {one.name for one in path.iterdir() if one.name.isalnum()} if path.exists() else set()


@contextmanager
def dropped_on_error(folder: str) -> Iterator[None]:
    """Leave no files of an export that went away while it was made, as with an erasure."""
    try:
        yield
    except NotFound:
        drop(folder)
        raise


def forget(folders: Iterable[str]) -> None:
    for folder in folders:
        drop(folder)


def new_password() -> str:
    """A password of 100 bits, in groups."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


def encrypt(folder: str, password: str, name: str) -> int:
    """Pack JSON and PDF with the password (AES-256, as 7-Zip, WinZip and macOS tools open it), and
    delete them; returns the size."""
    import pyzipper  # only whoever encrypts needs it

    target = place(folder, PACKAGE)
    with pyzipper.AESZipFile(
        target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as package:
        package.setpassword(password.encode())
        for part, ending in ((DATA, "json"), (PAGES, "pdf")):
            package.write(place(folder, part), f"{name}.{ending}")
    drop(folder, RAW, DATA, PAGES)
    return target.stat().st_size
