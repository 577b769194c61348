"""Writing letters, finishing them, keeping the files that are made of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.letters import body, queries
from kundenkreis.crm.letters.content import allowed
from kundenkreis.crm.letters.models import Letter, Letterhead
from kundenkreis.crm.letters.pictures import picture_kind
from kundenkreis.crm.letters.recipients import Recipient, recipient_of
from kundenkreis.crm.people import informing
from kundenkreis.crm.people.commands import enter
from kundenkreis.crm.people.contacted import refresh_contacted
from kundenkreis.kernel import clock, files, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.record import EVERY_RECORDS
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named, write

MOST_LOGO = 1_000_000  # bytes


@command
def write_letter(*, actor: Actor, **values: Any) -> Letter:
    """Begin a letter. Raises `DomainError` without a recipient, or for a placeholder that there is
    not."""
    _check(actor, values, new=True)
    sent = {**values, "sender_id": actor.user_id}
    letter: Letter = write.create_record(named("letter"), actor, sent)
    return letter


@command
def change_letter(*, actor: Actor, letter_id: int, version: int | None, **values: Any) -> Letter:
    """Write on at a draft. Raises `DomainError` for a letter that is finished."""
    letter = store.lock(Letter, letter_id, version=version)
    actor.require_for("crm.letter.change", letter)
    if not letter.is_draft and values.keys() - EVERY_RECORDS:
        raise DomainError(
            _("This letter is finished."),
            _("What was sent stays as it was."),
            _("Write another one; “Write again” begins it with the same text."),
        )
    _check(actor, values, new=False)
    store.change(actor, letter, **values)
    _require_recipient(letter.person_id, letter.organisation_id)
    return letter


@command
def finish_letter(*, actor: Actor, letter_id: int) -> Letter:
    """Make a draft the letter that goes out: it stays as it is from now on, and stands in the
    timeline of whom it goes to.

    Raises `DomainError` where it may not be sent, with the reason and what to do.
    """
    letter = store.lock(Letter, letter_id)
    actor.require_for("crm.letter.change", letter)
    if not letter.is_draft:
        return letter
    _check(actor, {"subject": letter.subject, "body": letter.body}, new=False)
    to = require_allowed(recipient_of(letter))
    now = clock.now()
    letter.sender_id = actor.user_id or letter.sender_id
    content = queries.shown(letter)
    store.change(actor, letter, derived={"state": Letter.State.FINISHED, "finished_at": now})
    mine = store.rows(Letter).filter(pk=letter.pk)
    store.replace(mine, content=content, sender_id=letter.sender_id)
    letter.content = content
    log(actor, letter, to)
    return letter


def log(actor: Actor, letter: Letter, to: Recipient) -> None:
    """Put a letter onto the timeline of whom it goes to: it counts as contact."""
    enter(actor, letter, "letter", {"subject": letter.content["subject"]})
    people = {to.person.pk} if to.person else set()
    if letter.purpose == Letter.Purpose.NOTICE:
        informing.told_by_letter(actor, people)
    refresh_contacted(people, {to.organisation.pk} if to.organisation else set())


def require_allowed(to: Recipient) -> Recipient:
    """The recipient, if they may be written to. Raises `DomainError`."""
    if to.refused:
        raise DomainError(_("This letter may not go out."), str(to.refused), str(to.next_step))
    return to


@command
def keep_files(*, actor: Actor, letter_id: int, version: int, pdf: str, docx: str) -> None:
    """Note the files that were made of a version of a letter."""
    actor.require("crm.letter.change")
    mine = store.rows(Letter).filter(pk=letter_id)
    store.replace(mine, pdf=pdf, docx=docx, printed=version)


@command
def set_logo(*, actor: Actor, letterhead_id: int, content: bytes) -> Letterhead:
    """Put a logo on the paper, or take it away with nothing. Raises `DomainError` for what is no
    PNG or JPEG, or too large."""
    head = store.lock(Letterhead, letterhead_id)
    actor.require_for("crm.letterhead.change", head)
    kind = picture_kind(content)
    if content and not kind:
        raise DomainError(
            _("This file cannot be the logo."),
            _("It is no whole PNG or JPEG of up to 4,000 pixels a side."),
            _("Save the logo as PNG, best with 600 pixels or more in height."),
            field="logo",
        )
    if len(content) > MOST_LOGO:
        raise DomainError(
            _("This file cannot be the logo."),
            _("It has more than one megabyte."),
            _("Save it smaller; 600 pixels in height are enough."),
            field="logo",
        )
    digest = files.keep(Side.CRM, content) if content else ""
    store.change(actor, head, logo=digest, logo_kind=kind)
    return head


def _check(actor: Actor, values: dict[str, Any], *, new: bool) -> None:
    if new:
        person, firm = values.get("person"), values.get("organisation")
        _require_recipient(getattr(person, "pk", None), getattr(firm, "pk", None))
    known = allowed(actor)
    for name in ("subject", "body"):
        if name in values:
            body.require_known(values[name], known, name)


def _require_recipient(person_id: int | None, organisation_id: int | None) -> None:
    if person_id is None and organisation_id is None:
        raise DomainError(
            _("A letter needs somebody it goes to."),
            hint=_("Choose a person, an organisation, or both."),
            field="person",
        )
