"""What lies in the box of mails, for whoever looks after the installation.

A mail may hold a link that lets somebody in: pages show what it says only to those who may let
anybody in anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.kernel import audit, clock, held
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.mail import box
from kundenkreis.kernel.mail.box import Mail, State
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work


def mails(viewer: Viewer, state: State, limit: int = 50) -> list[held.Line]:
    """The newest mails of a state."""
    viewer.require(held.READ)
    return list(_lines(state, limit))


def try_again(*, actor: Actor, name: str) -> None:
    """Let a mail that was given up, or kept for want of a server, wait again.

    Raises `NotAllowed`; `DomainError` when it is gone or on its way.
    """
    actor.require(held.RIGHT)
    mail = box.find(settings.MAIL_BOX, name)
    if mail is None or mail.state not in (State.FAILED, State.KEPT):
        raise DomainError(
            _("This mail is not here any more."),
            _("It has left, was thrown away, or its time was over."),
            _("Load the page again."),
        )
    with unit_of_work(Side.CRM, "kernel.mail.try_again"):
        audit.note(actor, "retry", f"crm.mail:{name}", {})
        box.move(mail, State.WAITING, at=clock.now().timestamp())


def _lines(state: State, limit: int) -> Iterator[held.Line]:
    for mail in box.mails(settings.MAIL_BOX, state, limit):
        yield _line(mail)


def _line(mail: Mail) -> held.Line:
    to = ", ".join(mail.to)
    return held.Line(mail.name, mail.at, to, mail.subject, mail.text, mail.problem)


def _discard() -> int:
    gone = box.paths(settings.MAIL_BOX, State.WAITING)
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


held.register(
    held.Kind(
        "mail",
        gettext_lazy("Mails"),
        count=lambda: len(box.paths(settings.MAIL_BOX, State.WAITING)),
        look=lambda limit: _lines(State.WAITING, limit),
        discard=_discard,
    )
)
