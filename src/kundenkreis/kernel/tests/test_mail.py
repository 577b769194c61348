"""Mails: into the box, and out of it once, when nothing is held."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage

from kundenkreis.kernel import held
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.mail import box, outbox, sending
from kundenkreis.kernel.mail.box import State
from kundenkreis.kernel.models import AuditEntry, Job
from kundenkreis.kernel.testing import ANNA, BOTH, CARLA, SYSTEM
from kundenkreis.kernel.tests import smtp

pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-28T12:00:00Z") as frozen:
        yield frozen


@pytest.fixture
def root(tmp_path: Path, settings: Any, clock: FrozenClock) -> Path:
    settings.MAIL_BOX = tmp_path / "mail"
    settings.MAILERS = smtp.mailers(1)
    return settings.MAIL_BOX


@pytest.fixture
def server(root: Path, settings: Any) -> Iterator[smtp.Server]:
    with smtp.server() as one:
        settings.MAILERS = smtp.mailers(one.port)
        yield one


def write(subject: str = "Willkommen", **more: object) -> None:
    mail = EmailMessage(subject, "Grüß Gott", "Wir <we@kk.example>", ["ben@kk.example"])
    mail.bcc = ["chef@kk.example"]
    for name, value in more.items():
        setattr(mail, name, value)
    assert mail.send() == 1


def there(root: Path) -> dict[str, int]:
    return {str(state): n for state in State if (n := len(box.paths(root, state)))}


def test_a_mail_is_a_file_that_nobody_else_may_read(root: Path) -> None:
    write()
    (path,) = box.paths(root, State.WAITING)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (root, path.parent)} == {0o700}
    mail = box.read(path)
    assert (mail.subject, mail.text.strip()) == ("Willkommen", "Grüß Gott")
    assert mail.to == ("ben@kk.example", "chef@kk.example")
    assert b"chef" not in mail.content


def test_without_a_server_mails_stay_in_the_box(root: Path, settings: Any) -> None:
    settings.MAILERS["default"] = {**settings.MAILERS["default"], "OPTIONS": {}}
    write()
    assert sending.send_due() == 1
    assert there(root) == {"kept": 1}


def test_a_mail_reaches_the_server_once_with_its_blind_copies(
    root: Path, server: smtp.Server
) -> None:
    write()
    assert [sending.send_due(), sending.send_due()] == [1, 0]
    ((to, text),) = server.got
    assert to == ["ben@kk.example", "chef@kk.example"]
    assert "Subject: Willkommen" in text
    assert "Envelope" not in text
    assert there(root) == {}


def test_on_trial_nothing_leaves_until_the_installation_is_live(
    root: Path, server: smtp.Server
) -> None:
    assert held.begin_trial(actor=SYSTEM)
    write()
    assert [sending.look(), sending.send_due()] == [0, 0]
    assert not Job.objects.using("default").exists()
    assert (server.got, there(root)) == ([], {"waiting": 1})
    held.release(actor=ANNA, why=held.Why.TRIAL)
    sending.look()
    assert Job.objects.using("default").count() == 1
    sending.send_due()
    assert len(server.got) == 1


def test_a_sender_that_asks_nobody_would_be_noticed(
    root: Path, server: smtp.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the one above."""
    held.begin_trial(actor=SYSTEM)
    write()
    monkeypatch.setattr(held, "is_held", lambda _side: False)
    sending.send_due()
    assert len(server.got) == 1


def test_what_was_kept_on_trial_can_be_thrown_away(root: Path, server: smtp.Server) -> None:
    held.begin_trial(actor=SYSTEM)
    write()
    held.release(actor=ANNA, why=held.Why.TRIAL, discard=["mail"])
    sending.send_due()
    assert (server.got, there(root)) == ([], {})
    entry = AuditEntry.objects.using("default").get(action="go_live")
    assert entry.actor == ANNA.reference


def test_an_unknown_kind_is_not_thrown_away_and_the_trial_goes_on(root: Path) -> None:
    held.begin_trial(actor=SYSTEM)
    with pytest.raises(DomainError):
        held.release(actor=ANNA, why=held.Why.TRIAL, discard=["post"])
    assert held.on_trial()


def test_a_trial_begins_once(root: Path) -> None:
    assert held.begin_trial(actor=SYSTEM)
    assert not held.begin_trial(actor=SYSTEM)
    held.release(actor=ANNA, why=held.Why.TRIAL)
    assert not held.begin_trial(actor=SYSTEM)
    assert not held.on_trial()


def test_a_server_that_is_busy_is_asked_again_ever_more_seldom(
    root: Path, server: smtp.Server, clock: FrozenClock
) -> None:
    write()
    server.answer = "451 later"
    pauses = []
    for _ in range(3):
        sending.send_due()
        (path,) = box.paths(root, State.WAITING)
        pauses.append(path.stat().st_mtime - clock.instant.timestamp())
        assert sending.send_due() == 0
        clock.advance(seconds=pauses[-1])
    assert pauses == [60, 120, 240]
    server.answer = "250 taken"
    assert sending.send_due() == 1
    assert len(server.got) == 4


def test_a_server_that_says_never_is_believed(root: Path, server: smtp.Server) -> None:
    write()
    server.answer = "554 no such thing"
    sending.send_due()
    (line,) = outbox.mails(ANNA, State.FAILED)
    assert "554" in line.problem
    server.answer = "250 taken"
    outbox.try_again(actor=ANNA, name=line.name)
    assert sending.send_due() == 1
    assert there(root) == {}


def test_after_three_days_a_mail_is_given_up(root: Path, clock: FrozenClock) -> None:
    write()  # nobody listens on that port
    for _ in range(40):
        sending.send_due()
        clock.advance(hours=6)
    assert there(root) == {"failed": 1}


def test_what_was_cut_off_is_not_sent_twice(
    root: Path, server: smtp.Server, clock: FrozenClock
) -> None:
    write()
    (path,) = box.paths(root, State.WAITING)
    box.move(box.read(path), State.SENDING, at=clock.instant.timestamp())
    clock.advance(minutes=11)
    sending.send_due()
    (line,) = outbox.mails(ANNA, State.FAILED)
    assert (line.problem, server.got) == (sending.IN_DOUBT, [])


def test_after_thirty_days_no_mail_is_there(root: Path, clock: FrozenClock) -> None:
    write()
    clock.advance(days=29)
    sending.forget_mails.func()
    assert there(root) == {"waiting": 1}
    clock.advance(days=2)
    sending.forget_mails.func()
    assert there(root) == {}


def test_who_has_no_right_sees_no_mail(root: Path) -> None:
    write()
    with pytest.raises(NotAllowed):
        outbox.mails(CARLA, State.WAITING)
    with pytest.raises(NotAllowed):
        held.waiting(CARLA)


def test_names_of_files_lead_nowhere_else(root: Path) -> None:
    write()
    (path,) = box.paths(root, State.WAITING)
    assert box.find(root, path.name) is not None
    assert box.find(root, f"../{State.WAITING}/{path.name}") is None
