"""The bill of materials covers what is installed; an audit that did not take place is no success."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tools import audit, sbom
from tools.checks import sbom as checking


def test_everything_installed_is_listed_with_a_hash() -> None:
    assert checking.check() == []


def test_the_same_lock_files_give_the_same_bytes() -> None:
    assert json.dumps(sbom.bill()) == json.dumps(sbom.bill())


def test_what_only_tests_need_is_told_from_what_is_shipped() -> None:
    scopes = {one["name"]: one["scope"] for one in sbom.bill()["components"]}
    assert scopes["django"] == scopes["granian"] == scopes["htmx.org"] == "required"
    assert scopes["pytest"] == scopes["esbuild"] == "excluded"


@pytest.mark.parametrize("name", ["django", "htmx.org"])
def test_a_package_that_is_left_out_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sbom.bill()
    left = [one for one in whole["components"] if one["name"] != name]
    monkeypatch.setattr(sbom, "bill", lambda: whole | {"components": left})
    assert any(line.startswith(name) for line in checking.check())


def test_a_package_without_a_hash_is_noticed() -> None:
    bare = sbom.bill()
    bare["components"][0]["hashes"] = []
    assert [line for line in checking.problems(bare) if "no hash" in line]


@contextmanager
def advisories(answer: Any) -> Iterator[str]:
    """A server that answers each package with what `answer` says of it."""

    class Talk(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            body = json.dumps({"results": [answer(one["package"]["purl"]) for one in asked]})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_given: object) -> None:
            """Nobody reads it."""

    with http.server.HTTPServer(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_audit_finds_what_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(purl: str) -> dict[str, Any]:
        return {"vulns": [{"id": "XY-1"}]} if purl.startswith("pkg:pypi/django@") else {}

    with advisories(answer) as server:
        monkeypatch.setenv("KUNDENKREIS_ADVISORIES", server)
        assert audit.main() == audit.FOUND
    assert "XY-1" in capsys.readouterr().out
    with advisories(lambda _purl: {}) as server:
        monkeypatch.setenv("KUNDENKREIS_ADVISORIES", server)
        assert audit.main() == audit.CLEAN


def test_an_audit_that_could_not_ask_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUNDENKREIS_ADVISORIES", "http://127.0.0.1:1")
    assert audit.main() == audit.NOT_ASKED
    assert "could not be audited" in capsys.readouterr().err
