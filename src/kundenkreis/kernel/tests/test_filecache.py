"""Of many who add the same value at once, one is first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ONCE = """
import sys, threading
from django.conf import settings
settings.configure()
from {module} import {name} as Cache
cache = Cache(sys.argv[1], {{}})
start, won = threading.Barrier(8), []
def add(n):
    for key in range(40):
        start.wait()
        if cache.add(f"k{{key}}", 1, 60):
            won.append(key)
threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
[one.start() for one in threads]; [one.join() for one in threads]
print(len(won))
"""


def firsts(folder: Path, module: str, name: str) -> int:
    """How often two processes of eight threads each were told to be first, of forty values."""
    code = ONCE.format(module=module, name=name)
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    return sum(int(one.communicate()[0]) for one in both)


def test_one_of_many_is_first(tmp_path: Path) -> None:
    assert firsts(tmp_path, "kundenkreis.kernel.filecache", "FileCache") == 40


@pytest.mark.parametrize("_try", range(1))
def test_in_djangos_several_are(tmp_path: Path, _try: int) -> None:
    found = firsts(tmp_path, "django.core.cache.backends.filebased", "FileBasedCache")
    assert found > 40
