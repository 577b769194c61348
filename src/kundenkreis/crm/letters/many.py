"""Printing for many: a letter each, or labels, in turns of the worker.

Who is written to is decided again when the letters are made: between check and print somebody may
have objected. How far a run is, is written with the letters themselves, so nobody gets two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import user_by_id
from kundenkreis.crm.letters.content import content_of, require_open
from kundenkreis.crm.letters.models import Letter, Letterhead, PrintRun, Skipped
from kundenkreis.crm.letters.recipients import Recipient, recipients, whom_of
from kundenkreis.crm.people import informing
from kundenkreis.crm.people.contacted import refresh_contacted
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named, working
from kundenkreis.records.lists.selection import Selection

PIECE = 100
State, What = PrintRun.State, PrintRun.What
Some = Callable[[Sequence[Recipient]], None]


class Taken(Exception):
    """Somebody else works on this run, or it was stopped: the piece is rolled back."""


class Round:
    """The recipients of a run, a piece at a time.

    `some` does something with those who may be written to, in the transaction of their piece;
    `end` comes when all are done and says whether there is more to do.
    """

    def __init__(
        self, side: Side, run: PrintRun, actor: Actor, *, some: Some, end: Callable[[], bool]
    ) -> None:
        self._side, self._run, self._actor = side, run, actor
        self._some, self._end = some, end
        self._kind = named(run.kind)
        self._selection = Selection.read(run.asked["selection"])
        actor.require("crm.letter.create")
        require_open(actor)

    def piece(self) -> bool:
        run = self._run
        keys = self._selection.after(self._kind, self._actor, run.position, PIECE)
        if not keys:
            return self._end()
        records = list(self._kind.rows(self._actor).filter(pk__in=keys).order_by("pk"))
        pairs = whom_of(self._actor, records, run.asked.get("where", ""))
        found = recipients(pairs, run.asked["purpose"])
        try:
            with store.group(self._side, "letters.print_many", run.batch):
                self._some([to for to in found if not to.refused])
                self._keep(records, found, keys[-1])
        except Taken:
            return False
        return True

    def close(self) -> None:
        """Nothing is held between turns."""

    def _keep(self, records: Sequence[Any], found: Sequence[Recipient], position: int) -> None:
        run = self._run
        left = [(one, to) for one, to in zip(records, found, strict=True) if to.refused]
        counts = Counter(run.counts) + Counter(fit=len(found) - len(left), skipped=len(left))
        mine = store.rows(PrintRun).filter(pk=run.pk, position=run.position, state=run.state)
        values = {"position": position, "counts": dict(counts), "changed_at": clock.now()}
        if not store.replace(mine, **values):
            raise Taken
        skipped = [
            Skipped(run_id=run.pk, row=one.pk, name=str(one)[:200], reason=str(to.refused)[:300])
            for one, to in left
        ]
        store.append(Skipped, skipped)
        run.position, run.counts = position, dict(counts)


@working.begins(What.LETTERS, State.CHECKING)
def checking(side: Side, run: PrintRun, actor: Actor) -> Round:
    """How many get a letter, and who does not."""

    def end() -> bool:
        working.note(side, run, state=State.CHECKED)
        return False

    return Round(side, run, actor, some=lambda _found: None, end=end)


@working.begins(What.LETTERS, State.RUNNING)
def writing(side: Side, run: PrintRun, actor: Actor) -> Round:
    """The letters themselves, each in the timeline of whom it goes to."""
    head = Letterhead.objects.get(pk=run.asked["letterhead"])
    sender = user_by_id(run.user_id or 0)

    def end() -> bool:
        total = run.letters.count()
        working.note(side, run, state=State.PRINTING, position=0, total=total)
        return False

    def some(found: Sequence[Recipient]) -> None:
        _log(actor, _write(actor, run, head, sender, found))

    return Round(side, run, actor, some=some, end=end)


def _write(
    actor: Actor, run: PrintRun, head: Letterhead, sender: User | None, found: Sequence[Recipient]
) -> list[Letter]:
    """A letter to each of them, finished."""
    asked = run.asked
    name, email = (sender.name, sender.email) if sender else ("", "")
    values, contents = [], []
    for to in found:
        given = {
            "letterhead": head, "person": to.person, "organisation": to.organisation,
            "subject": asked["subject"], "body": asked["body"],
        }  # fmt: skip
        values.append(given)
        contents.append(content_of(Letter(**given), to, sender=name, email=email))
    derived = {
        "owner_id": run.user_id,
        "sender_id": run.user_id,
        "purpose": asked["purpose"],
        "state": Letter.State.FINISHED,
        "finished_at": clock.now(),
        "run_id": run.pk,
    }
    # The content is what follows from the text; the audit keeps who wrote which.
    made = store.create_many(actor, Letter, values, derived=derived)
    told = zip(made, contents, strict=True)
    bulk.update(Letter, ("id", "content"), [(letter.pk, content) for letter, content in told])
    return list(made)


def _log(actor: Actor, made: Sequence[Letter]) -> None:
    entries = [
        NewEntry(
            kind="letter",
            at=letter.finished_at or clock.now(),
            key=f"letter|{letter.pk}",
            person_id=letter.person_id,
            organisation_id=letter.organisation_id,
            reference=reference(letter),
            payload={"subject": letter.subject, "by": actor.name},
        )
        for letter in made
    ]
    add_timeline_entries(actor=system("letters"), entries=entries)
    told = {one.person_id for one in made if one.person_id and one.purpose == Letter.Purpose.NOTICE}
    informing.told_by_letter(actor, told)
    refresh_contacted(
        {one.person_id for one in made if one.person_id},
        {one.organisation_id for one in made if one.organisation_id},
    )


def title_of(asked: dict[str, Any]) -> str:
    """What a run is called in lists."""
    return str(asked.get("subject") or _("Labels"))[:200]
