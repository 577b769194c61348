"""Reading letters, their paper and their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.accounts.queries import user_by_id
from kundenkreis.crm.letters.content import content_of
from kundenkreis.crm.letters.models import Letter, Letterhead, LetterTemplate, PrintRun
from kundenkreis.crm.letters.recipients import recipient_of, recipients, whom_of
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Viewer, reads_all, subject_of, visible
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named
from kundenkreis.records.lists.selection import Selection

if TYPE_CHECKING:
    from kundenkreis.kernel.models import RemovedRow


RIGHT = "crm.letter.read"
FIRST = 50  # who is looked at for an example
_WHOM = (("person", Person), ("organisation", Organisation))


def letters(viewer: Viewer) -> QuerySet[Letter]:
    """The letters the viewer may read: none to somebody whom they may not know of."""
    rows = visible(viewer, Letter.objects.all(), RIGHT)
    for name, model in _WHOM:
        right = f"{subject_of(model)}.read"
        if not reads_all(viewer, model):
            known = visible(viewer, model._default_manager.all(), right).order_by()
            theirs = Exists(known.filter(pk=OuterRef(f"{name}_id")))
            rows = rows.filter(Q(**{f"{name}__isnull": True}) | theirs)
    return rows


def removed_letters(viewer: Viewer, rows: QuerySet[RemovedRow]) -> QuerySet[RemovedRow]:
    """The deleted ones the viewer may know of: all, or what they deleted themselves where there are
    people or organisations that they may not read."""
    if all(reads_all(viewer, model) for _name, model in _WHOM):
        return rows
    return rows.filter(actor=viewer.reference)


def letterheads(viewer: Viewer) -> QuerySet[Letterhead]:
    """The company's papers; the first is the usual one."""
    return visible(viewer, Letterhead.objects.all(), "crm.letterhead.read")


def templates(viewer: Viewer) -> QuerySet[LetterTemplate]:
    """The templates the viewer may use: their own, those of their teams, everybody's."""
    rows = visible(viewer, LetterTemplate.objects.all(), "crm.lettertemplate.read")
    sharing = LetterTemplate.Sharing
    team = Q(sharing=sharing.TEAM, team_id__in=viewer.team_ids)
    own = Q(owner_id=viewer.user_id) if viewer.user_id is not None else Q()
    if viewer.user_id is None:
        return rows
    return rows.filter(own | team | Q(sharing=sharing.PUBLIC))


def shown(letter: Letter) -> dict[str, Any]:
    """What a letter says: of a finished one as it was then, of a draft as it would be now."""
    if letter.content:
        content: dict[str, Any] = letter.content
        return content
    sender = user_by_id(letter.sender_id or letter.owner_id or 0)
    return content_of(
        letter,
        recipient_of(letter),
        sender=sender.name if sender else "",
        email=sender.email if sender else "",
    )


def job_key(letter: Letter) -> str:
    """The name of the job that makes the files of this version."""
    return f"letter|{letter.pk}|{letter.version}"


def is_being_printed(letter: Letter) -> bool:
    """Whether the worker is about to make the files of this version."""
    waiting = (Job.State.READY, Job.State.RUNNING)
    jobs = store.stored(Side.CRM, Job)
    return jobs.filter(unique=job_key(letter), state__in=waiting).exists()


def runs(viewer: Viewer) -> QuerySet[PrintRun]:
    """What the viewer has had printed for many, newest first."""
    return PrintRun.objects.filter(user_id=viewer.user_id or 0).order_by("-id")


def run(viewer: Viewer, pk: int) -> PrintRun:
    """One of them. Raises `NotFound`, also for somebody else's."""
    found = runs(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def first_letter(viewer: Viewer, run: PrintRun) -> dict[str, Any] | None:
    """What the letter to the first who gets one would say."""
    kind, asked = named(run.kind), run.asked
    keys = Selection.read(asked["selection"]).after(kind, viewer, 0, FIRST)
    records = list(kind.rows(viewer).filter(pk__in=keys).order_by("pk"))
    found = recipients(whom_of(viewer, records, asked.get("where", "")), asked["purpose"])
    to = next((one for one in found if not one.refused), None)
    head = letterheads(viewer).filter(pk=asked["letterhead"]).first()
    if to is None or head is None:
        return None
    letter = Letter(
        letterhead=head, person=to.person, organisation=to.organisation,
        subject=asked["subject"], body=asked["body"],
    )  # fmt: skip
    user = user_by_id(run.user_id or 0)
    return content_of(
        letter, to, sender=user.name if user else "", email=user.email if user else ""
    )
