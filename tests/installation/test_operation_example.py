"""The example of an installation behind TLS names only what the product has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kundenkreis.config import main, supervisor
from kundenkreis.config.roles import ROLES
from kundenkreis.edge.collector import limits
from kundenkreis.kernel.sides import Side
from kundenkreis.records.exchange import reading
from kundenkreis.web.shell import middleware

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "operation"
USERS = {"inner": "kk", "worker": "kk", "edge": "kk-edge", "pulse": "kk-engage"}
PUBLIC = ("edge", "pulse")
HOME = "/var/lib/kundenkreis"

Unit = dict[str, list[str]]


def unit(role: str) -> Unit:
    """A unit's settings, each with all its values; a key may stand several times."""
    found: Unit = {}
    for line in (EXAMPLE / "systemd" / f"kundenkreis-{role}.service").read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def environment(role: str) -> dict[str, str]:
    pairs = (value.partition("=") for value in unit(role).get("Environment", []))
    return {name: value for name, _, value in pairs}


def arguments(role: str) -> list[str]:
    (line,) = unit(role)["ExecStart"]
    program, *rest = line.split()
    assert program == "/opt/kundenkreis/.venv/bin/kundenkreis"
    return rest


def settings_read() -> set[str]:
    """Every environment setting that the product's source reads."""
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    named = set(re.findall(r'(?:text|number|web_address)\(\s*"([A-Z_]+)"', source))
    of_sides = re.findall(r'text\(f"\{side\.upper\(\)\}_([A-Z]+)"', source)
    return named | {f"{side.upper()}_{name}" for side in Side for name in of_sides}


def test_there_is_a_unit_for_each_role_and_the_target_starts_them_all() -> None:
    units = {path.name for path in (EXAMPLE / "systemd").glob("*.service")}
    assert units == {f"kundenkreis-{role}.service" for role in ROLES}
    target = (EXAMPLE / "systemd" / "kundenkreis.target").read_text()
    assert set(re.findall(r"kundenkreis-\w+\.service", target)) == units


@pytest.mark.parametrize("role", ROLES)
def test_a_unit_starts_its_role_as_its_own_user(role: str) -> None:
    options = main._parser().parse_args(arguments(role))
    assert (options.run, options.role) == (main._serve, role)
    assert unit(role)["User"] == [USERS[role]]
    assert unit(role)["UMask"] == ["0007"]
    assert f"`{role}`" in (ROOT / "ARCHITECTURE.md").read_text()
    readme = (EXAMPLE / "README.md").read_text()
    assert f"| {role} | {USERS[role]} |" in readme
    assert re.search(rf"for user in .*\b{USERS[role]}\b.*useradd", readme)


@pytest.mark.parametrize("role", ROLES)
def test_a_unit_sets_only_what_the_product_reads(role: str) -> None:
    known = {f"KUNDENKREIS_{name}" for name in settings_read()}
    assert {"KUNDENKREIS_TLS", "KUNDENKREIS_ENGAGE_HOME", "KUNDENKREIS_CRM_DATABASE"} <= known
    assert set(environment(role)) <= known
    assert environment(role)["KUNDENKREIS_TLS"] == "1"
    # Control: a name that went out of use would be found.
    assert "KUNDENKREIS_HOMES" not in known


@pytest.mark.parametrize("role", PUBLIC)
def test_a_public_unit_knows_nothing_of_the_crm_and_cannot_look(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("KUNDENKREIS_")]:
        monkeypatch.delenv(name)
    for name, value in environment(role).items():
        monkeypatch.setenv(name, value)
    # What the product itself would give to the role beside that is nothing.
    assert set(environment(role)) <= set(supervisor.environment(role))
    assert unit(role)["InaccessiblePaths"] == [f"{HOME}/crm"]
    assert unit(role)["ReadWritePaths"] == [f"{HOME}/engage"]
    assert environment(role)["KUNDENKREIS_ENGAGE_HOME"] == f"{HOME}/engage"


@pytest.mark.parametrize("role", ROLES)
def test_only_the_inner_units_read_the_settings_of_the_crm(role: str) -> None:
    files = ["-/etc/kundenkreis/engage.env", "-/etc/kundenkreis/crm.env"]
    assert unit(role)["EnvironmentFile"] == (files[:1] if role in PUBLIC else files)


def test_the_command_of_administrators_runs_as_the_inner_unit_says(tmp_path: Path) -> None:
    """What the unit sets, what the files that only root reads set, its user, umask and folder."""
    text = (EXAMPLE / "systemd" / "kundenkreis-inner.service").read_text()
    moved = text.replace("/etc/kundenkreis/", f"{tmp_path}/").replace(f"{HOME}/crm", str(tmp_path))
    (tmp_path / "inner.service").write_text(moved)
    secret = "postgresql://kk:a b$c'd@127.0.0.1/kk_crm"
    (tmp_path / "crm.env").write_text(f"# ours\nKUNDENKREIS_CRM_DATABASE={secret}\nPATH=/evil\n")
    (tmp_path / "setpriv").write_text('#!/bin/sh\necho "$@"; umask; pwd; env\n')
    (tmp_path / "setpriv").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(EXAMPLE / "kundenkreis"), "backup", "/mnt/b c"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "KUNDENKREIS_UNIT": f"{tmp_path}/inner.service"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    called, umask, folder, *known = done.stdout.splitlines()
    program, *_rest = unit("inner")["ExecStart"][0].split()
    assert called == f"--reuid kk --regid kk-public --clear-groups {program} backup /mnt/b c"
    assert (umask, folder) == ("0007", str(tmp_path))
    assert {f"{name}={value}" for name, value in environment("inner").items()} <= set(known)
    assert f"KUNDENKREIS_CRM_DATABASE={secret}" in known
    assert "PATH=/evil" not in known


def test_a_restore_onto_empty_folders_leaves_the_public_roles_what_is_theirs(
    tmp_path: Path,
) -> None:
    """Read and written by their group where the folder is shared, whatever umask the command has."""
    kept, home, key = tmp_path / "kept", tmp_path / "home", tmp_path / "key"
    key.write_text("blue horses sing at noon\n")
    known = {name: value for name, value in os.environ.items() if "KUNDENKREIS" not in name}
    known.pop("DJANGO_SETTINGS_MODULE", None)

    def run(place: Path, *words: object) -> None:
        subprocess.run(
            [sys.executable, "-m", "kundenkreis.config.main", *map(str, words)],
            env={**known, "KUNDENKREIS_HOME": str(place)}, umask=0o077,
            check=True, timeout=300, capture_output=True,
        )  # fmt: skip

    run(kept, "setup")
    run(kept, "backup", tmp_path / "backup", "--key", key)
    (home / "crm").mkdir(parents=True, mode=0o700)
    (home / "engage").mkdir()
    (home / "engage").chmod(0o2770)
    run(home, "restore", tmp_path / "backup", "--key", key, "--without-journal")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home / "engage").iterdir()}
    assert (modes["secret.key"], modes["journal.jsonl"]) == (0o640, 0o660)
    assert modes["engage.sqlite3"] == 0o660
    assert (home / "crm" / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("role", "sides"), [("inner", 2), ("edge", 1)])
def test_the_settings_load_with_what_a_unit_sets(role: str, sides: int, tmp_path: Path) -> None:
    said = {name: value.replace(HOME, str(tmp_path)) for name, value in environment(role).items()}
    code = (
        f"from kundenkreis.config.settings import {role} as s;"
        "print(*s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, sum(map(bool, s.DATABASES.values())),"
        " *[d['NAME'] for d in s.DATABASES.values() if d])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **said},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    own = environment(role)[f"KUNDENKREIS_{role.upper()}_HOST"]
    host, secure, databases, *files = done.stdout.split()
    assert (host, secure, int(databases)) == (own, "True", sides)
    assert files[-1] == f"{tmp_path}/engage/engage.sqlite3"
    assert files[-1].replace(str(tmp_path), HOME) in (EXAMPLE / "README.md").read_text()


def ports() -> dict[str, int]:
    """The port that each host name leads to, by the units."""
    return {
        environment(role)[f"KUNDENKREIS_{role.upper()}_HOST"]: main._parser()
        .parse_args(arguments(role))
        .port
        for role in ("inner", "edge")
    }


def test_all_roles_know_the_same_names_and_the_two_differ() -> None:
    edges = {environment(role)["KUNDENKREIS_EDGE_HOST"] for role in ROLES}
    inners = {environment(role)["KUNDENKREIS_INNER_HOST"] for role in ("inner", "worker")}
    assert len(edges) == len(inners) == 1
    assert edges != inners
    assert len(set(ports().values())) == 2


def megabytes(limit: str) -> int:
    return int(re.sub(r"\D", "", limit)) * 1_000_000


def check_proxy(found: dict[str, tuple[int, str]]) -> None:
    assert {host: port for host, (port, _) in found.items()} == ports()
    inner, edge = environment("inner"), environment("edge")
    uploads = megabytes(found[inner["KUNDENKREIS_INNER_HOST"]][1])
    assert uploads >= reading.MOST_BYTES + middleware.FORM
    assert megabytes(found[edge["KUNDENKREIS_EDGE_HOST"]][1]) >= limits.BATCH


def test_caddy_leads_each_name_to_its_role_and_lets_its_bodies_through() -> None:
    text = (EXAMPLE / "Caddyfile").read_text()
    sites = re.findall(r"^(\S+) \{\n(.*?)^\}", text, re.S | re.M)
    port, size = r"reverse_proxy 127\.0\.0\.1:(\d+)", r"max_size (\w+)"
    check_proxy(
        {host: (int(re.findall(port, body)[0]), re.findall(size, body)[0]) for host, body in sites}
    )


def test_nginx_leads_each_name_to_its_role_and_writes_what_is_believed() -> None:
    text = (EXAMPLE / "nginx.conf").read_text()
    servers = [one for one in re.split(r"^server ", text, flags=re.M) if "listen 443 ssl" in one]
    found = {}
    for server in servers:
        (host,) = re.findall(r"server_name (\S+);", server)
        (port,) = re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", server)
        (size,) = re.findall(r"client_max_body_size (\w+);", server)
        found[host] = int(port), size
        headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", server))
        assert headers == {
            "Host": "$host",
            "X-Forwarded-For": "$remote_addr",
            "X-Forwarded-Proto": "$scheme",
        }
        assert server.count("{") == server.count("}")
    check_proxy(found)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
@pytest.mark.parametrize("role", ROLES)
def test_c08_a_unit_is_exposed_little(role: str) -> None:
    path = EXAMPLE / "systemd" / f"kundenkreis-{role}.service"
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=15", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.splitlines()[-1]
