"""Everything in one encrypted file and back: size, seconds, memory, and what a plain copy takes.

Beside the databases lie files that do not compress. Processor time says what it costs where the
machine has other things to do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import _company
from bench._product import MAIN, set_up, temporary_home
from bench._tools import Figure, Size, main, measured

MEBI = 1024 * 1024


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    persons, files = int(options.persons), int(options.files)
    with temporary_home(options.postgresql) as home:
        set_up()
        _company.found(persons)
        from django.db import connections

        from kundenkreis.kernel import files as media
        from kundenkreis.kernel.sides import Side

        for _number in range(files):
            media.keep(Side.CRM, os.urandom(MEBI))
        there = sum(one.stat().st_size for one in home.rglob("*") if one.is_file()) / MEBI
        connections.close_all()
        began = time.monotonic()
        _copied(home)
        floor = time.monotonic() - began
        key, path = home / "key", home / "backup.age"
        key.write_text("a passphrase for the benchmark\n")
        wall, used, most = _ran("backup", path, "--key", key)
        title = f"backup of {persons:,} persons and {files} MiB of files"
        yield measured(title, wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        yield measured("memory of it, at most", most, "MiB", at_most=250)
        yield measured("what lies in the folder", there, "MiB")
        yield measured("size of the file", path.stat().st_size / MEBI, "MiB")
        yield measured("of what lies there in a second", there / wall, "MiB/s")
        wall, used, most = _ran("backup", "--check", path, "--key", key)
        yield measured("checking all of it", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        wall, used, most = _ran("restore", path, "--key", key, "--replace")
        yield measured("restore in the place of what is there", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        yield measured("memory of it, at most", most, "MiB", at_most=400)


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


def _ran(*arguments: object) -> tuple[float, float, float]:
    """Seconds, processor time and memory (MiB) of one command, with its start."""
    began = time.monotonic()
    process = subprocess.Popen([*MAIN, *map(str, arguments)], stdout=sys.stderr)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            persons=Size(100_000, 500, "persons"),
            files=Size(200, 5, "files of one MiB"),
        )
    )  # fmt: skip
