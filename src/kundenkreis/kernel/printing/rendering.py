"""Setting a PDF from a template and data, or what else is printed, in a child process."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.children import Child, ChildFailed
from kundenkreis.kernel.errors import DomainError

CHILD = Path(__file__).with_name("child.py")
JOIN = Path(__file__).with_name("joining.py")  # makes one PDF of the `parts` in its data
SECONDS = 120
MEMORY = 3_000_000_000
OUTPUT = 1_000_000_000
# Control characters, halves of letters, what is no letter at all: no font and no file has them.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(data: Any) -> Any:
    """The same data without the letters that cannot be printed; one of them would stop it all."""
    if isinstance(data, str):
        return _UNFIT.sub("", data)
    if isinstance(data, Mapping):
        return {key: printable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [printable(value) for value in data]
    return data


class Rendering:
    """A PDF that is being set; ask `running`, then `finish`, or `close` it.

    Parameters: the `template`, the `data` it finds in `data.json`, the file that is made
    (`target`), further `files` for its folder by their names there, such as a logo. Another
    `program` than the typesetter answers the same question in another form, without a template.
    """

    def __init__(
        self,
        template: Path | None,
        data: Mapping[str, Any],
        target: Path,
        *,
        files: Mapping[str, Path] | None = None,
        seconds: int = SECONDS,
        program: Path = CHILD,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kundenkreis-pdf-"))
        self._target = target
        try:
            self._fill(template, data, files or {})
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        question = {
            "folder": str(self._folder),
            "target": str(self._folder / "made"),
            "fonts": [str(folder) for folder in settings.FONTS],
            "at": int(clock.now().timestamp()),
        }
        started = (sys.executable, "-I", str(program))
        self._child = Child(started, question, seconds=seconds, memory=MEMORY, output=OUTPUT)
        self.running = self._child.running

    def _fill(
        self, template: Path | None, data: Mapping[str, Any], files: Mapping[str, Path]
    ) -> None:
        if template is not None:
            shutil.copy(template, self._folder / "main.typ")
        for name, path in files.items():
            shutil.copy(path, self._folder / Path(name).name)
        said = json.dumps(printable(data), ensure_ascii=False)
        (self._folder / "data.json").write_text(said, "utf-8")

    def finish(self) -> dict[str, Any]:
        """Wait for the end and put the file in its place; how many `bytes`, and whether it is fit
        for an `archive`. Raises `DomainError`."""
        try:
            found: dict[str, Any] = self._child.answer()
            shutil.move(self._folder / "made", self._target)
        except ChildFailed as error:
            raise DomainError(
                _("The file could not be made."),
                str(error),
                _("Try it once more; if this stays, tell your administrator."),
            ) from error
        finally:
            self.close()
        return found

    def close(self) -> None:
        """Leave nothing behind."""
        self._child.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def render(
    template: Path | None,
    data: Mapping[str, Any],
    target: Path,
    *,
    files: Mapping[str, Path] | None = None,
    seconds: int = SECONDS,
    program: Path = CHILD,
) -> dict[str, Any]:
    """Set a PDF and wait for it; see `Rendering`."""
    return Rendering(template, data, target, files=files, seconds=seconds, program=program).finish()
