"""Printing for many: a letter each, or labels, in turns of the worker.

Who is written to is decided again when the letters are made: between check and print somebody may
have objected. How far a run is, is written with the letters themselves, so nobody gets two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.accounts.queries import user_by_id
from kundenkreis.crm.letters.content import content_of, require_open
from kundenkreis.crm.letters.models import Letter, Letterhead, PrintRun, Skipped
from kundenkreis.crm.letters.recipients import Recipient, recipients, whom_of
from kundenkreis.crm.people.contacted import refresh_contacted
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, system
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named, working
from kundenkreis.records.lists.selection import Selection

PIECE = 100
State, What = PrintRun.State, PrintRun.What


class Taken(Exception):
    """Somebody else works on this run, or it was stopped: the piece is rolled back."""


class Going:
    """The recipients of a run, a piece at a time."""

    def __init__(self, side: Side, run: PrintRun, actor: Actor) -> None:
        self.side, self.run, self.actor = side, run, actor
        self.kind = named(run.kind)
        self._selection = Selection.read(run.asked["selection"])
        actor.require("crm.letter.create")
        require_open(actor)

    def piece(self) -> bool:
        keys = self._selection.after(self.kind, self.actor, self.run.position, PIECE)
        if not keys:
            return self.end()
        rows = self.kind.rows(self.actor).filter(pk__in=keys).order_by("pk")
        records = list(rows)
        pairs = whom_of(self.actor, records, self.run.asked.get("where", ""))
        found = recipients(pairs, self.run.asked["purpose"])
        try:
            with store.group(self.side, "letters.print_many", self.run.batch):
                self.some(records, found)
                self._keep(records, found, keys[-1])
        except Taken:
            return False
        return True

    def some(self, records: Sequence[Any], found: Sequence[Recipient]) -> None:
        """What is done with those who may be written to."""

    def end(self) -> bool:
        """What comes when all are done; whether there is more to do."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held between turns."""

    def _keep(self, records: Sequence[Any], found: Sequence[Recipient], position: int) -> None:
        run = self.run
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
class Checking(Going):
    """How many get a letter, and who does not."""

    def end(self) -> bool:
        working.note(self.side, self.run, state=State.CHECKED)
        return False


@working.begins(What.LETTERS, State.RUNNING)
class Writing(Going):
    """The letters themselves, each in the timeline of whom it goes to."""

    def __init__(self, side: Side, run: PrintRun, actor: Actor) -> None:
        super().__init__(side, run, actor)
        self._head = Letterhead.objects.get(pk=run.asked["letterhead"])
        self._sender = user_by_id(run.user_id or 0)

    def some(self, records: Sequence[Any], found: Sequence[Recipient]) -> None:
        now, asked = clock.now(), self.run.asked
        sender = self._sender
        values = []
        for to in (one for one in found if not one.refused):
            letter = Letter(
                letterhead=self._head,
                person=to.person,
                organisation=to.organisation,
                subject=asked["subject"],
                body=asked["body"],
            )
            content = content_of(
                letter,
                to,
                sender=sender.name if sender else "",
                email=sender.email if sender else "",
            )
            values.append({**_columns(letter), "content": content})
        derived = {
            "owner_id": self.run.user_id,
            "sender_id": self.run.user_id,
            "purpose": asked["purpose"],
            "state": Letter.State.FINISHED,
            "finished_at": now,
            "run_id": self.run.pk,
        }
        # The content is what follows from the text; the audit keeps who wrote which.
        bare = [{name: one for name, one in row.items() if name != "content"} for row in values]
        made = store.create_many(self.actor, Letter, bare, derived=derived)
        for letter, row in zip(made, values, strict=True):
            store.replace(store.rows(Letter).filter(pk=letter.pk), content=row["content"])
        self._log(made)

    def _log(self, made: Sequence[Letter]) -> None:
        by = self.actor.name
        entries = [
            NewEntry(
                kind="letter",
                at=letter.finished_at or clock.now(),
                key=f"letter|{letter.pk}",
                person_id=letter.person_id,
                organisation_id=letter.organisation_id,
                reference=reference(letter),
                payload={"subject": letter.subject, "by": by},
            )
            for letter in made
        ]
        add_timeline_entries(actor=system("letters"), entries=entries)
        refresh_contacted(
            {one.person_id for one in made if one.person_id},
            {one.organisation_id for one in made if one.organisation_id},
        )

    def end(self) -> bool:
        total = self.run.letters.count()
        working.note(self.side, self.run, state=State.PRINTING, position=0, total=total)
        return False


def _columns(letter: Letter) -> dict[str, Any]:
    names = ("letterhead", "person", "organisation", "subject", "body")
    return {name: getattr(letter, name) for name in names}


def title_of(asked: dict[str, Any]) -> str:
    """What a run is called in lists."""
    return str(asked.get("subject") or _("Labels"))[:200]
