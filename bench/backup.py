"""Everything in one encrypted file and back: size, seconds, memory, and what a plain copy takes.

Beside the databases lie files that do not compress. Processor time says what it costs where the
machine has other things to do.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from bench import _company
from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured

MEBI = 1024 * 1024


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    persons, files = int(options.persons), int(options.files)
    with temporary_home(options.postgresql) as home:
        set_up()
        _company.found(persons)
        from django.db import connections

        from kundenkreis.config import backups, restoring
        from kundenkreis.kernel import files as media
        from kundenkreis.kernel.backup import keys
        from kundenkreis.kernel.sides import Side

        for _number in range(files):
            media.keep(Side.CRM, os.urandom(MEBI))
        (home / "key").write_text("a passphrase for the benchmark\n")
        key = keys.read(home / "key")
        there = sum(one.stat().st_size for one in home.rglob("*") if one.is_file()) / MEBI
        connections.close_all()
        floor = _timed(lambda: _copied(home))[0]
        said = f"backup of {persons:,} persons and {files} MiB of files"
        path, before = home / "backup.age", _peak()
        wall, used = _timed(lambda: backups.take(path, key))
        yield measured(said, wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        yield measured("memory that it took beyond, at most", _peak() - before, "MiB", at_most=200)
        yield measured("what lies in the folder", there, "MiB")
        yield measured("size of the file", path.stat().st_size / MEBI, "MiB")
        yield measured("of what lies there in a second", there / wall, "MiB/s")
        wall, used = _timed(lambda: backups.check(path, key))
        yield measured("checking all of it", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        wall, used = _timed(lambda: restoring.restore(path, key, replace=True))
        yield measured("restore in the place of what is there", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        yield measured("memory of everything, at most", _peak(), "MiB")


def _copied(home: Path) -> None:
    """Read and write whatever lies there, past every database."""
    with (home / "plain").open("wb") as target:
        for path in [one for one in home.rglob("*") if one.is_file() and one.name != "plain"]:
            with path.open("rb") as file:
                while data := file.read(MEBI):
                    target.write(data)
        target.flush()
        os.fsync(target.fileno())
    (home / "plain").unlink()


def _timed(do: Callable[[], Any]) -> tuple[float, float]:
    """Seconds, and processor time."""
    wall, used = time.monotonic(), time.process_time()
    with redirect_stdout(sys.stderr):
        do()
    return time.monotonic() - wall, time.process_time() - used


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            persons=Size(100_000, 500, "persons"),
            files=Size(200, 5, "files of one MiB"),
        )
    )  # fmt: skip
