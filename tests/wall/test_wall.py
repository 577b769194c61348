"""G09: a taken-over edge process cannot reach the crm. The wall is the operating system's.

The roles run as two OS users. The probe tries everything as the edge's user, with the edge's
environment; the control runs the same probe as the crm's user and must succeed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from kundenkreis.config.supervisor import environment

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(os.geteuid() != 0, reason="the wall needs two OS users, so it needs root"),
]

CRM_USER, EDGE_USER, SHARED_GROUP = 61_001, 61_002, 61_010
# Large packages the roles do not load to start.
NOT_NEEDED = (
    "__pycache__", "playwright*", "mypy*", "scipy*", "numpy*", "duckdb*", "_duckdb*", "ruff*",
    "hypothesis*", "pytest*", "grimp*", "*django_stubs*", "typst*", "pypdfium2*", "lxml*",
)  # fmt: skip
# What the crm's own user cannot do either, because the attempt is about something else.
NOT_A_CONTROL = {
    "replace the database",
    "walk through the inner root",
    "lower the inner process's limits",
}


@dataclass(frozen=True)
class House:
    """An installation whose sides belong to different OS users."""

    root: Path
    python: list[str]
    environ: dict[str, str]
    inner: int

    @property
    def crm(self) -> Path:
        return self.root / "home" / "crm"

    @property
    def engage(self) -> Path:
        return self.root / "home" / "engage"

    def probe(self, user: int, environ: dict[str, str]) -> dict[str, str | None]:
        script = shutil.copy(Path(__file__).with_name("probe.py"), self.root)
        done = subprocess.run(
            [*self.python, script, str(self.crm), str(self.engage), str(self.inner)],
            user=user, group=user, extra_groups=[SHARED_GROUP], umask=0o007, cwd=self.root,
            env=environ, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        answer: dict[str, str | None] = json.loads(done.stdout)
        return answer


def readable_python(root: Path) -> list[str]:
    """An interpreter with the installed packages that any user may read."""
    base, target = Path(sys.base_prefix), root / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    skip = shutil.ignore_patterns("test", "tests", "idlelib", "site-packages", "*.a", "__pycache__")
    shutil.copytree(base / "lib" / version, target / "lib" / version, ignore=skip, symlinks=True)
    for library in (base / "lib").glob("libpython*.so*"):
        shutil.copy(library, target / "lib")
    (target / "bin").mkdir()
    shutil.copy(Path(sys.executable).resolve(), target / "bin" / version)
    packages = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    shutil.copytree(packages, root / "packages", ignore=shutil.ignore_patterns(*NOT_NEEDED))
    source = Path(__file__).resolve().parents[2] / "src"
    shutil.copytree(source, root / "src", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    subprocess.run(["chmod", "-R", "a+rX", str(root)], check=True)
    return [str(target / "bin" / version), "-B"]


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    root = Path(mkdtemp(prefix="kundenkreis-wall-"))
    processes: list[subprocess.Popen[bytes]] = []
    try:
        root.chmod(0o711)
        python = readable_python(root)
        environ = {
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHOME": str(root / "python"),
            "PYTHONPATH": f"{root / 'src'}:{root / 'packages'}", "LD_LIBRARY_PATH": str(root / "python" / "lib"),
            "KUNDENKREIS_HOME": str(root / "home"),
        }  # fmt: skip
        run = [*python, "-m", "kundenkreis.config.main"]
        (root / "home").mkdir(mode=0o711)
        subprocess.run([*run, "setup"], env=environ, cwd=root, check=True, timeout=120)
        own(root / "home")
        port = free_port()
        as_crm = {
            "user": CRM_USER,
            "group": CRM_USER,
            "extra_groups": [SHARED_GROUP],
            "umask": 0o007,
        }
        inner = subprocess.Popen(
            [*run, "serve", "inner", "--port", str(port)], env=environ, cwd=root, **as_crm
        )  # fmt: skip
        processes.append(inner)
        wait_until(lambda: answers(port), "the inner role")
        listener = subprocess.Popen(
            [*python, "-c", LISTEN, str(root / "home" / "crm" / "probe.sock"),
             str(root / "home" / "crm" / "crm.sqlite3")],
            env=environ, cwd=root, **as_crm,
        )  # fmt: skip
        processes.append(listener)
        wait_until(lambda: (root / "home" / "crm" / "probe.sock").exists(), "the listener")
        yield House(root, python, environ, inner.pid)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)
        shutil.rmtree(root, ignore_errors=True)


LISTEN = """
import os, socket, sqlite3, sys
# An open connection keeps the write-ahead log and the shared memory file in the folder.
database = sqlite3.connect(sys.argv[2])
database.execute("SELECT count(*) FROM sqlite_master").fetchone()
server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1] + ".new"); server.listen()
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True: server.accept()
"""


def own(home: Path) -> None:
    """What the installation guide says: the crm folder is private, the engage folder shared."""
    crm, engage = home / "crm", home / "engage"
    (crm / "media").mkdir(exist_ok=True)
    (crm / "media" / "contract.txt").write_text("confidential")
    for path, user, group, folder, file in (
        (crm, CRM_USER, CRM_USER, 0o700, 0o600),
        (engage, EDGE_USER, SHARED_GROUP, 0o2770, 0o660),
    ):
        for entry in [path, *path.rglob("*")]:
            os.chown(entry, user, group)
            entry.chmod(folder if entry.is_dir() else file)


def wait_until(ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if ready():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not start")


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def edge_environ(house: House, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the supervisor would give the edge process, from the inner environment."""
    monkeypatch.setattr(os, "environ", dict(house.environ))
    return environment("edge")


def test_g09_the_edge_user_reaches_nothing_of_the_crm(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = house.probe(EDGE_USER, edge_environ(house, monkeypatch))
    assert len(found) >= 30
    assert [name for name, refusal in found.items() if refusal is None] == []


def test_g09_control_the_same_probe_succeeds_as_the_crm_user(house: House) -> None:
    found = house.probe(CRM_USER, house.environ)
    refused = {name for name, refusal in found.items() if refusal is not None}
    assert refused <= NOT_A_CONTROL | {
        "trace the inner process",
        "take an open file of the inner process",
    }


def test_g09_the_edge_process_has_no_crm_settings(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = "
        "'kundenkreis.config.settings.edge'; django.setup(); "
        "from django.conf import settings; from django.apps import apps; "
        "print(settings.DATABASES['default'], [a.label for a in apps.get_app_configs()])"
    )
    done = subprocess.run(
        [*house.python, "-c", show], env=edge_environ(house, monkeypatch), cwd=house.root,
        user=EDGE_USER, group=EDGE_USER, extra_groups=[SHARED_GROUP], umask=0o007,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-600:]
    assert "django.db.backends.dummy" in done.stdout
    assert "crm" not in done.stdout
    assert str(house.crm) not in done.stdout


def test_the_edge_refuses_to_start_beside_crm_settings(house: House) -> None:
    environ = {**house.environ, "KUNDENKREIS_CRM_DATABASE": "postgresql://kk@localhost/crm"}
    done = subprocess.run(
        [*house.python, "-m", "kundenkreis.config.main", "serve", "edge"],
        env=environ, cwd=house.root, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "KUNDENKREIS_CRM_DATABASE" in done.stderr


def test_equal_host_names_are_refused(house: House) -> None:
    environ = {**house.environ, "KUNDENKREIS_EDGE_HOST": "127.0.0.1"}
    done = subprocess.run(
        [*house.python, "-m", "kundenkreis.config.main", "serve"],
        env=environ, cwd=house.root, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "same host name" in done.stderr
