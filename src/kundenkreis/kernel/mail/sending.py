"""Sending what waits in the box: by the worker, each mail at most once, never while held.

What the server does not take now is tried again for three days; what it refuses is given up with
its words. A process that died while it sent one leaves a mail of which nobody knows whether it
arrived: it is given up as such, and not sent twice.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend

from kundenkreis.kernel import clock, held
from kundenkreis.kernel.jobs.backend import job
from kundenkreis.kernel.jobs.schedule import each_midnight
from kundenkreis.kernel.mail import box
from kundenkreis.kernel.mail.backend import Backend
from kundenkreis.kernel.mail.box import Mail, State
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

FIRST_PAUSE = 60.0  # seconds; each is twice the one before
LONGEST_PAUSE = 6 * 3600.0
PATIENCE = timedelta(days=3)
LONGEST_SENDING = 600.0  # seconds; one that is older was cut off
KEPT_FOR = timedelta(days=30)
IN_DOUBT = "cut off while it was sent: nobody knows whether it arrived"


def look() -> int:
    """The worker's step: have what is due sent beside everything else, for servers are slow."""
    if not any(_due()) or held.is_held(Side.CRM):
        return 0
    with unit_of_work(Side.CRM, "kernel.mail"):
        send_mails.enqueue_once("mail")
    return 0


@each_midnight
@job(Side.CRM, beside=True)
def forget_mails() -> None:
    """Delete what has lain in the box for longer than promised."""
    before = clock.now() - KEPT_FOR
    for state in State:
        for path in box.paths(settings.MAIL_BOX, state):
            with suppress(FileNotFoundError):
                if box.read(path).at < before:
                    path.unlink()


@job(Side.CRM, beside=True)
def send_mails() -> None:
    """Send all that is due."""
    send_due()


def send_due() -> int:
    """Send what is due, unless it is held; returns how many left the house or were put aside."""
    if held.is_held(Side.CRM):
        return 0
    _give_up_what_was_cut_off()
    return sum(map(_send, _due()))


def _due() -> Iterator[Mail]:
    now = clock.now().timestamp()
    for path in box.paths(settings.MAIL_BOX, State.WAITING):
        try:
            if path.stat().st_mtime <= now:
                yield box.read(path)
        except FileNotFoundError:
            continue  # another worker was quicker


def _send(mail: Mail) -> int:
    alias = mail.mailer if mail.mailer in mailers else "default"
    mailer = mailers[alias]
    if not isinstance(mailer, Backend) or not mailer.options.get("host"):
        return int(box.move(mail, State.KEPT) is not None)
    now = clock.now().timestamp()
    path = box.move(mail, State.SENDING, at=now)
    if path is None:
        return 0
    taken = box.read(path)
    try:
        deliver(taken, EmailBackend(alias=alias, **mailer.options))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _put_back(taken, error, now)
        return 0
    path.unlink(missing_ok=True)
    return 1


def deliver(mail: Mail, server: EmailBackend) -> None:
    """Hand a mail to the server. Raises what `smtplib` does."""
    with server:
        connection = cast("smtplib.SMTP", server.connection)  # open as long as we are in here
        to = [server.prep_address(address) for address in mail.to]
        connection.sendmail(server.prep_address(mail.sender), to, mail.content)


def _put_back(mail: Mail, error: Exception, now: float) -> None:
    """It is worth trying again unless the server said never, or that was said long enough."""
    old = clock.now() - mail.at > PATIENCE
    if old or _is_final(error):
        box.note(mail, State.FAILED, _words(error), at=now)
        return
    pause = min(FIRST_PAUSE * 2.0**mail.attempts, LONGEST_PAUSE)
    box.note(mail, State.WAITING, _words(error), at=now + pause)


def _is_final(error: Exception) -> bool:
    """The server said never, or it is no address at all."""
    if isinstance(error, ValueError):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _give_up_what_was_cut_off() -> None:
    before = clock.now().timestamp() - LONGEST_SENDING
    for path in box.paths(settings.MAIL_BOX, State.SENDING):
        if path.stat().st_mtime < before:
            box.note(box.read(path), State.FAILED, IN_DOUBT, at=clock.now().timestamp())
