"""Letting staff in from a shell: a password typed twice, or nobody is let in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kundenkreis.config import installation
from kundenkreis.crm.accounts.models import User
from kundenkreis.kernel.testing import CRM

pytestmark = pytest.mark.django_db(databases=CRM)

GOOD = "korrekt-pferd-batterie"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed at the next prompts."""
    words: list[str] = []
    answers: Iterator[str] = iter(lambda: words.pop(0), None)
    monkeypatch.delenv("KUNDENKREIS_FIRST_PASSWORD", raising=False)
    monkeypatch.setattr(installation.getpass, "getpass", lambda _prompt: next(answers))
    return words


def test_the_first_administrator_can_log_in_and_lets_others_in(typed: list[str]) -> None:
    typed += [GOOD, GOOD, "second-" + GOOD, "second-" + GOOD]
    assert installation.first_administrator("me@kk.example") == 0
    assert installation.add_user("ben@kk.example", name="Ben", roles=["sales"]) == 0
    ben = User.objects.get(email="ben@kk.example")
    assert ben.check_password("second-" + GOOD)
    assert [role.slug for role in ben.roles.all()] == ["sales"]


@pytest.mark.parametrize(
    ("words", "why"),
    [([GOOD, GOOD + "x"], "differ"), (["password"] * 2, "common"), (["kurz"] * 2, "short")],
)
def test_nobody_is_let_in_with_a_mistyped_or_weak_password(
    typed: list[str], words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed += words
    assert installation.first_administrator("me@kk.example") == 1
    assert why in capsys.readouterr().out
    assert not User.objects.exists()


def test_there_is_only_one_first_administrator(typed: list[str]) -> None:
    typed += [GOOD, GOOD]
    assert installation.first_administrator("me@kk.example") == 0
    assert installation.first_administrator("you@kk.example") == 1
    assert User.objects.count() == 1
