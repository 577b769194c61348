"""Notes, tasks, calls and meetings: entering them, giving them to somebody, ticking them off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.work import timeline  # noqa: F401 - follows what is written here
from kundenkreis.crm.work.events import ActivityAdded, TaskFinished
from kundenkreis.crm.work.mentions import mentioned
from kundenkreis.crm.work.models import Activity, Draft, Notice
from kundenkreis.crm.work.notice_commands import Telling, tell
from kundenkreis.crm.work.queries import activities
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.record import Record
from kundenkreis.records import registry

LONGEST = 5_000


@command
def add_activity(
    *,
    actor: Actor,
    text: str,
    kind: str = Activity.Kind.NOTE,
    about: Record | None = None,
    person: Person | None = None,
    organisation: Organisation | None = None,
    due_on: date | None = None,
    at: datetime | None = None,
    minutes: int | None = None,
    owner_id: int | None = None,
    **values: Any,
) -> Activity:
    """Enter a note, a task, a call or a meeting, about a record the actor may read if one is given.

    Raises `DomainError` without a text, and for an owner who may not read what it is about.
    """
    actor.require("crm.activity.create")
    if about is not None:
        about = _readable(actor, about)
        person = person or _own(about, Person, "person")
        organisation = organisation or _own(about, Organisation, "organisation")
    is_task = kind == Activity.Kind.TASK
    activity = store.create(
        actor,
        Activity,
        kind=kind,
        text=_text(text),
        about_kind=about._meta.model_name if about is not None else "",
        about_row=about.pk if about is not None else None,
        person=person,
        organisation=organisation,
        due_on=due_on if is_task else None,
        at=None if is_task else at or clock.now(),
        minutes=minutes,
        is_done=not is_task,
        owner_id=owner_id or actor.user_id,
        author_id=actor.user_id,
        **values,
    )
    actor.require_for("crm.activity.create", activity)
    _assigned(actor, activity, actor.user_id)
    _mentioned(actor, activity, "")
    publish(
        ActivityAdded(
            activity.pk,
            kind,
            activity.about,
            activity.person_id,
            activity.organisation_id,
            activity.owner_id,
        )
    )
    return activity


@command
def change_activity(
    *, actor: Actor, activity_id: int, version: int | None, **values: Any
) -> Activity:
    """Change an activity; whom it is given to, and whoever is newly mentioned, is told.

    Raises `DomainError` without a text, and for an owner who may not read what it is about.
    """
    activity = store.lock(Activity, activity_id, version=version)
    actor.require_for("crm.activity.change", activity)
    before, owner_id = activity.text, activity.owner_id
    if "text" in values:
        values["text"] = _text(values["text"])
    store.change(actor, activity, **values)
    _assigned(actor, activity, owner_id)
    _mentioned(actor, activity, before)
    return activity


@command
def finish_task(*, actor: Actor, activity_id: int, done: bool = True) -> Activity:
    """Tick a task off, or open it again. Other activities stay as they are."""
    activity = store.lock(Activity, activity_id)
    actor.require_for("crm.activity.change", activity)
    if activity.kind == Activity.Kind.TASK and activity.is_done is not done:
        store.change(actor, activity, is_done=done, done_at=clock.now() if done else None)
        if done:
            publish(TaskFinished(activity.pk, activity.about, activity.owner_id))
    return activity


@command
def keep_draft(*, actor: Actor, about: Record, typed: dict[str, str]) -> None:
    """Keep what the actor has begun to write about a record; nothing typed keeps nothing."""
    _readable(actor, about)
    key = {"user_id": actor.user_id or 0, "about_kind": about._meta.model_name or ""}
    own = store.rows(Draft).filter(**key, about_row=about.pk)
    if not typed.get("text", "").strip():
        store.discard(own)
    elif not store.replace(own, typed=typed, changed_at=clock.now()):
        new = Draft(**key, about_row=about.pk, typed=typed, changed_at=clock.now())
        store.append(Draft, [new], ignore_conflicts=True)


def _text(text: str) -> str:
    text = text.replace("\0", "").strip()[:LONGEST]
    if not text:
        raise DomainError(_("Write something first."), field="text")
    return text


def _readable(actor: Actor, record: Record) -> Record:
    """The whole of a record that the actor may read, also what they may not know of it."""
    kind = registry.of_model(type(record))
    if kind is not None:
        kind.one(actor, record.pk)
    return store.rows(type(record)).get(pk=record.pk)


def _own[M: Person | Organisation](about: Record, model: type[M], name: str) -> M | None:
    """The person or organisation that a record is, or that it names."""
    found = about if isinstance(about, model) else getattr(about, name, None)
    return found if isinstance(found, model) else None


def _assigned(actor: Actor, activity: Activity, before: int | None) -> None:
    """Tell the new owner, unless they have given it to themselves."""
    if activity.owner_id in (None, before, actor.user_id):
        return
    user = store.rows(User).filter(pk=activity.owner_id, is_active=True).first()
    if user is None or not activities(viewer_of(user)).filter(pk=activity.pk).exists():
        raise DomainError(
            _("This cannot be given to that person."),
            _("They may not read what it is about, or no longer log in."),
            _("Choose somebody else."),
            field="owner_id",
        )
    _tell(actor, activity, [user], Notice.Kind.ASSIGNED)


def _mentioned(actor: Actor, activity: Activity, before: str) -> None:
    """Tell whoever is mentioned now and was not before, if they may read it."""
    known = {user.pk for user in mentioned(actor, before)} | {actor.user_id, activity.owner_id}
    new = [user for user in mentioned(actor, activity.text) if user.pk not in known]
    told = [user for user in new if activities(viewer_of(user)).filter(pk=activity.pk).exists()]
    _tell(actor, activity, told, Notice.Kind.MENTIONED)


def _tell(actor: Actor, activity: Activity, users: list[User], kind: Notice.Kind) -> None:
    by = actor.name if actor.user_id is not None else "Kundenkreis"  # by itself, not by somebody
    tell(Telling(user.pk, kind, activity_id=activity.pk, by=by) for user in users)
