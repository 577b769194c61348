"""The example in containers names only what the product has, and keeps the wall.

There is no engine for containers where tests run: the files are read, and what the image is made of
is put together without one and started.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.utils import canonicalize_name

from kundenkreis.config import main
from kundenkreis.config.roles import ROLES
from tests.installation.test_operation_example import settings_read
from tools import sbom

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "operation" / "container"
PUBLIC = ("edge", "pulse")
OURS = ("setup", *ROLES)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((EXAMPLE / "compose.yaml").read_text())["services"]
    return found


def instructions() -> list[tuple[str, str]]:
    text = (EXAMPLE / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_runs_as_nobody_special_and_says_whether_it_is_well() -> None:
    last = instructions()[-8:]
    words = dict(last)
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", words["USER"])
    assert "kundenkreis.config.answering" in words["HEALTHCHECK"]
    assert "kundenkreis.config.main" in words["ENTRYPOINT"]


def test_only_locked_wheels_get_into_the_image() -> None:
    installs = [
        part
        for word, rest in instructions()
        if word == "RUN"
        for part in rest.split("&&")
        if "pip install" in part
    ]
    assert len(installs) == 2
    for one in installs:
        assert "--require-hashes" in one
        assert "--only-binary :all:" in one
    assert any("npm ci --ignore-scripts" in rest for _, rest in instructions())


def test_what_is_copied_and_called_is_there() -> None:
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            for name in rest.split()[:-1]:
                assert (ROOT / name).exists(), name
        for module in re.findall(r"-m (tools\.\w+)", rest):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_its_role_with_nothing_it_does_not_need(
    services: dict[str, Any], name: str
) -> None:
    one = services[name]
    options = main._parser().parse_args(one["command"])
    assert options.run in (main._serve, main._setup)
    assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
    assert one["security_opt"] == ["no-new-privileges:true"]
    known = settings_read() | {"ENGAGE_HOME", "CRM_HOME"}
    for setting in one["environment"]:
        assert setting.removeprefix("KUNDENKREIS_") in known, setting


@pytest.mark.parametrize("name", PUBLIC)
def test_the_public_roles_cannot_reach_the_crm(services: dict[str, Any], name: str) -> None:
    one, crm = services[name], services["crm-database"]
    assert not set(one["networks"]) & set(crm["networks"])
    assert "crm" not in repr([one["environment"], one["env_file"], one["volumes"]]).lower()
    assert set(services["inner"]["networks"]) & set(crm["networks"])  # it is there


def test_only_proxy_and_worker_have_a_way_out(services: dict[str, Any]) -> None:
    text = yaml.safe_load((EXAMPLE / "compose.yaml").read_text())
    open_ = {name for name, one in text["networks"].items() if not one.get("internal")}
    assert {n for n, one in services.items() if set(one["networks"]) & open_} == {"proxy", "worker"}
    assert [name for name, one in services.items() if one.get("ports")] == ["proxy"]


def test_the_proxy_of_the_containers_is_the_other_one_with_other_addresses() -> None:
    plain = (ROOT / "docs/operation/Caddyfile").read_text().splitlines()[1:]
    inside = (EXAMPLE / "Caddyfile").read_text().splitlines()[1:]
    moved = [line.replace("127.0.0.1:8000", "inner:8000") for line in plain]
    assert inside == [line.replace("127.0.0.1:8001", "edge:8001") for line in moved]


def test_the_packages_of_the_image_are_enough_to_set_up_an_installation(tmp_path: Path) -> None:
    """Only what the image installs, in a folder of its own, and a Python that knows nothing else."""
    site, home = tmp_path / "site", tmp_path / "home"
    names = {
        str(canonicalize_name(name))
        for name in re.findall(r"^([\w.-]+)(?:\[.*\])?==", sbom.runtime_lock(), re.M)
    }
    assert "django" in names
    assert "pytest" not in names
    for one in metadata.distributions():
        if canonicalize_name(one.name) not in names:
            continue
        for file in one.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = site / file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(Path(str(file.locate())))
    known = {name: value for name, value in os.environ.items() if "KUNDENKREIS" not in name}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    known |= {"PYTHONPATH": f"{site}:{ROOT / 'src'}", "KUNDENKREIS_HOME": str(home)}
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    done = subprocess.run(
        [python, "-S", "-m", "kundenkreis.config.main", "setup"],
        env=known, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "on trial" in done.stdout


def test_setting_up_and_backing_up_write_only_to_the_folders_of_the_sides(
    services: dict[str, Any], tmp_path: Path
) -> None:
    """All else is read-only in a container, the folder that has the two as well."""
    home, key = tmp_path / "home", tmp_path / "key"
    kept = {volume.partition(":")[2] for volume in services["setup"]["volumes"]}
    assert kept == {f"/var/lib/kundenkreis/{side}" for side in ("crm", "engage")}
    known = {name: value for name, value in os.environ.items() if "KUNDENKREIS" not in name}
    known |= {"KUNDENKREIS_HOME": str(home)}
    known.pop("DJANGO_SETTINGS_MODULE", None)
    key.write_text("blue horses sing at noon\n")
    for words in (["setup"], ["backup", str(tmp_path / "backup"), "--key", str(key)]):
        subprocess.run(
            [sys.executable, "-m", "kundenkreis.config.main", *words],
            env=known, check=True, timeout=300, capture_output=True,
        )  # fmt: skip
    assert {path.name for path in home.iterdir()} == {"crm", "engage"}
