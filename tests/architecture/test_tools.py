"""The tools themselves: Python is chosen by running it, sums are counted from every run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import setup
from tools.made.organisations import organisations
from tools.made.persons import persons
from tools.paths import ROOT
from tools.results import Results
from tools.weights import falling

REPORT = """<testsuites><testsuite>
<testcase classname="a" name="passes" time="0.1"/>
<testcase classname="a" name="fails" time="2"><failure message="no"/></testcase>
<testcase classname="a" name="breaks"><error message="no"/></testcase>
<testcase classname="a" name="waits"><skipped message="no PostgreSQL"/></testcase>
</testsuite></testsuites>"""


def setup_in(folder: Path, *, path: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs a copy of setup.sh with a setup.py that only tells which Python it got."""
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup.sh", folder / "tools" / "setup.sh")
    (folder / "tools" / "setup.py").write_text("import sys; print('got', sys.executable)")
    return subprocess.run(
        ["/bin/sh", "tools/setup.sh"],
        cwd=folder,
        env={"PATH": path, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def shim(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_it_passes_over_shims_that_fail_and_takes_a_python_that_runs(tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    for name in ("python3.13", "python3.14", "python3.12", "python"):
        shim(shims, name, "echo command not found >&2; exit 127")
    shim(shims, "python3", f'exec "{sys.executable}" "$@"')
    done = setup_in(tmp_path, path=f"{shims}:/usr/bin:/bin", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("got /")
    assert str(shims) not in done.stdout


def test_it_finds_a_python_of_pyenv_that_is_not_on_the_path(tmp_path: Path) -> None:
    shims, version = tmp_path / "shims", tmp_path / ".pyenv" / "versions" / "3.13.9" / "bin"
    version.mkdir(parents=True)
    shim(version, "python3", f'exec "{sys.executable}" "$@"')
    shim(shims, "python3", "exit 127")
    for tool in ("dirname", "env"):
        shims.joinpath(tool).symlink_to(shutil.which(tool) or tool)
    done = setup_in(tmp_path, path=str(shims), home=tmp_path)
    assert done.returncode == 0, done.stderr


def test_it_says_what_is_missing_when_no_python_runs(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    shim(empty, "python3", "exit 127")
    empty.joinpath("dirname").symlink_to(shutil.which("dirname") or "dirname")
    script = (ROOT / "tools" / "setup.sh").read_text().replace("/usr/", "/nowhere/")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "setup.sh").write_text(script)
    done = subprocess.run(
        ["/bin/sh", "tools/setup.sh"],
        cwd=tmp_path,
        env={"PATH": str(empty), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.12" in done.stderr


def test_an_environment_is_kept_only_for_the_python_it_was_made_with(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    for place in (ours, other):
        shim(place, "python3.13", "")
    (tmp_path / "python3").symlink_to(ours / "python3.13")
    venv = tmp_path / "venv"
    assert not setup.made_with(venv, str(ours / "python3.13"))  # not there yet
    venv.mkdir()
    (venv / "pyvenv.cfg").write_text(f"home = {ours}\nuv = 0.13.9\n")
    assert setup.made_with(venv, str(ours / "python3.13"))
    assert setup.made_with(venv, str(tmp_path / "python3"))
    assert not setup.made_with(venv, str(other / "python3.13"))


def test_a_python_in_a_closed_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    shim(tmp_path / "closed", "python3", "")
    (tmp_path / "closed").chmod(0o700)
    assert not setup.is_open(tmp_path / "closed" / "python3")
    (tmp_path / "closed").chmod(0o755)
    closed_above = any(not one.stat().st_mode & 0o001 for one in tmp_path.parents)
    assert setup.is_open(tmp_path / "closed" / "python3") is not closed_above


def test_it_adds_up_what_every_run_reported(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    results = Results(seed=1128)
    assert results.read("sqlite", report) == 2
    assert results.read("postgresql", report) == 2
    results.skip("the whole run “journeys”: no browser")
    assert results.sums() == "2 passed, 4 failed, 3 skipped"
    text = results.report(1.0)
    assert "2 × no PostgreSQL" in text
    assert "1 × the whole run “journeys”: no browser" in text
    assert "sqlite: a.fails" in text
    assert "--randomly-seed=1128" in text


def test_a_run_without_a_report_adds_nothing(tmp_path: Path) -> None:
    results = Results()
    assert results.read("sqlite", tmp_path / "missing.xml") == 0
    assert results.sums() == "0 passed, 0 failed, 0 skipped"
    assert "--randomly-seed" not in results.report(1.0)


def test_light_processes_load_no_heavy_libraries() -> None:
    """scipy, duckdb and the like cost 190 MiB and belong into short-lived children of `worker`."""
    heavy = {"scipy", "numpy", "statsmodels", "duckdb", "phonenumbers.geocoder", "playwright"}
    heavy |= {"typst", "docx", "lxml", "pypdfium2"}
    program = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    for side in ("inner", "edge"):
        settings = f"kundenkreis.config.settings.{side}"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[]", side


def test_neighbours_are_counted_together_until_weights_fall() -> None:
    assert falling([(0.5, 0.1), (0.3, 0.02), (0.2, 0.88)]) == [
        (0.4, 0.06),
        (0.4, 0.06),
        (0.2, 0.88),
    ]


def test_made_up_bases_are_the_same_each_time_and_hold_twins() -> None:
    for make in (persons, organisations):
        base = list(make(500, 1))
        assert base == list(make(500, 1))
        assert base != list(make(500, 2))
        assert len({whom for whom, _ in base}) < len(base)
