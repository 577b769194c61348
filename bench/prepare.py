"""Sets up an empty installation in a folder, for benchmarks and tests that copy it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from bench._product import set_up, temporary_home


def main(folder: Path) -> int:
    os.environ.pop("BENCH_PREPARED", None)
    with temporary_home() as home:
        set_up()
        from django.db import connections

        connections.close_all()
        shutil.copytree(home, folder, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
