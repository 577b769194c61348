"""Which server mails leave through is said by the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundenkreis.config import env, mail


def said(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"KUNDENKREIS_{name}", value)


def test_without_a_host_there_is_no_server() -> None:
    assert mail.options("SMTP") == {}
    assert mail.mailers()["bulk"]["OPTIONS"] == {}


def test_a_server_elsewhere_is_spoken_to_over_tls(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("geheim\n")
    said(monkeypatch, SMTP_HOST="mail.example.org", SMTP_USER="kk", SMTP_PASSWORD_FILE=str(secret))
    found = mail.options("SMTP")
    assert (found["use_tls"], found["use_ssl"]) == (True, False)
    assert (found["username"], found["password"]) == ("kk", "geheim")
    assert "port" not in found
    said(monkeypatch, SMTP_SECURITY="tls", SMTP_PORT="4650")
    assert mail.options("SMTP") | {"use_tls": False, "use_ssl": True, "port": 4650} == (
        mail.options("SMTP")
    )


def test_a_password_never_crosses_the_network_in_the_clear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said(monkeypatch, SMTP_HOST="mail.example.org", SMTP_SECURITY="none", SMTP_PASSWORD="x")
    with pytest.raises(env.BadSetting, match="everybody"):
        mail.options("SMTP")
    said(monkeypatch, SMTP_HOST="localhost")
    assert mail.options("SMTP")["password"] == "x"


def test_many_at_once_leave_by_a_server_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, SMTP_HOST="mail.example.org")
    assert mail.mailers()["bulk"] == mail.mailers()["default"]
    said(monkeypatch, BULK_SMTP_HOST="bulk.example.org")
    assert mail.mailers()["bulk"]["OPTIONS"]["host"] == "bulk.example.org"


@pytest.mark.parametrize(
    ("name", "value"), [("SMTP_SECURITY", "ssl3"), ("SMTP_PASSWORD_FILE", "/no/such/file")]
)
def test_a_setting_that_cannot_be_used_is_said(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    said(monkeypatch, SMTP_HOST="mail.example.org", **{name: value})
    with pytest.raises(env.BadSetting, match=name):
        mail.options("SMTP")
