"""Child processes open what strangers send: they are told no secret, and take only so much."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kundenkreis.kernel.children import Child, ChildFailed

MIB = 1 << 20


def answer(code: str, question: Any = None, **limits: Any) -> Any:
    program = (sys.executable, "-I", "-c", f"import json, os, sys\n{code}")
    return Child(program, question, **{"seconds": 20, **limits}).answer()


def test_it_answers_what_it_was_asked() -> None:
    asked = "json.dump(json.load(sys.stdin)[::-1], sys.stdout)"
    assert answer(asked, ["a", "b"]) == ["b", "a"]


def test_it_is_not_told_where_the_databases_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNDENKREIS_CRM_DATABASE", "postgresql://kk:secret@db/crm")
    monkeypatch.setenv("HARMLESS", "1")
    told = answer("json.dump(dict(os.environ), sys.stdout)")
    assert "secret" not in str(told)
    assert told["HARMLESS"] == "1"  # the control


def test_it_takes_no_more_memory_than_it_may() -> None:
    greedy = "sys.stdin.read(); json.dump(len(bytearray(400_000_000)), sys.stdout)"
    with pytest.raises(ChildFailed, match="MemoryError"):
        answer(greedy, memory=300 * MIB)
    assert answer(greedy) == 400_000_000  # the control


def test_it_writes_no_file_longer_than_it_may(tmp_path: Path) -> None:
    code = "import pathlib, sys\npathlib.Path(sys.argv[1]).write_bytes(bytes(1000))\nprint(1)"
    program = (sys.executable, "-I", "-c", code, str(tmp_path / "long"))
    with pytest.raises(ChildFailed, match="File too large"):
        Child(program, None, seconds=20, output=500).answer()
    assert Child(program, None, seconds=20, output=5_000).answer() == 1  # the control


def test_one_that_does_not_end_is_ended_and_leaves_no_zombie() -> None:
    begun = time.monotonic()
    with pytest.raises(ChildFailed, match="timeout"):
        answer("import time; time.sleep(60)", seconds=0.2)
    assert time.monotonic() - begun < 10
    endless = Child((sys.executable, "-c", "while True: pass"), None, seconds=60)
    pid = endless._process.pid
    endless.close()
    assert not Path(f"/proc/{pid}").exists()
