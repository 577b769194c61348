"""Telling members of staff something, that they have read it, and how they want to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.work.models import Notice, NoticeSettings, PushBrowser
from kundenkreis.kernel import clock, store, webpush
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

APP, MAIL, PUSH = "app", "mail", "push"
WAYS = (APP, MAIL, PUSH)
BROWSERS = 20  # of one user
Kind = Notice.Kind
USUAL: Mapping[str, tuple[str, ...]] = {
    Kind.MENTIONED: WAYS, Kind.ASSIGNED: WAYS, Kind.DUE: WAYS, Kind.FINISHED: (APP,),
    Kind.FOLLOWED: (APP,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that somebody is to be told."""

    user_id: int
    kind: str
    activity_id: int | None = None
    target: str = ""
    by: str = ""
    fields: tuple[str, ...] = ()
    count: int = 1

    @property
    def key(self) -> tuple[int, str, int | None, str]:
        return self.user_id, self.kind, self.activity_id, self.target


def ways_of(settings: NoticeSettings | None, kind: str) -> tuple[str, ...]:
    """By which ways somebody is told of a kind."""
    chosen = settings.ways.get(kind) if settings is not None else None
    return USUAL[kind] if chosen is None else tuple(chosen)


def tell(told: Iterable[Telling]) -> None:
    """Note what members of staff are to be told, in the unit of work in progress.

    Unread, several of a kind about one thing are one; who wants none of a kind gets none.
    """
    new = _together(told)
    users = {one.user_id for one in new.values()}
    wanted = {one.user_id: one for one in store.rows(NoticeSettings).filter(user_id__in=users)}
    made = []
    for one in new.values():
        if not ways_of(wanted.get(one.user_id), one.kind):
            continue
        same = store.rows(Notice).filter(user_id=one.user_id, kind=one.kind, target=one.target)
        about = {"activity": one.activity_id} if one.activity_id else {"activity__isnull": True}
        known = same.filter(read_at=None, **about).first()
        if known is None:
            made.append(_notice(one))
            continue
        fields = sorted({*known.fields, *one.fields})
        count = one.count if one.kind == Kind.DUE else F("count") + one.count
        here = store.rows(Notice).filter(pk=known.pk)
        store.replace(here, at=clock.now(), by=one.by, fields=fields, count=count)
    store.append(Notice, made)


@command
def read_notice(*, actor: Actor, notice_id: int) -> None:
    """Note that the actor has read one of their notices; others' stay as they are."""
    own = store.rows(Notice).filter(user_id=actor.user_id or 0, pk=notice_id, read_at=None)
    store.replace(own, read_at=clock.now())


@command
def read_all(*, actor: Actor) -> None:
    """Note that the actor has read everything up to now."""
    own = store.rows(Notice).filter(user_id=actor.user_id or 0, read_at=None)
    store.replace(own.filter(at__lte=clock.now()), read_at=clock.now())


@command
def choose_ways(*, actor: Actor, ways: Mapping[str, Collection[str]], hour: int) -> None:
    """Say how the actor wants to be told of each kind, and at which hour of theirs by mail.

    Raises `DomainError` for an hour that there is not.
    """
    if not 0 <= hour < 24:
        raise DomainError(_("There is no such hour."), field="hour")
    chosen = {str(kind): [way for way in WAYS if way in ways.get(kind, ())] for kind in Kind.values}
    _settle(actor.user_id or 0, ways=chosen, hour=hour)


@command
def note_mailed(*, actor: Actor, user_id: int) -> None:
    """The mail of the day was sent, or there was nothing to say."""
    actor.require("crm.activity.change")
    _settle(user_id, mailed_at=clock.now())


@command
def begin_push(*, actor: Actor, endpoint: str, key: str, auth: str) -> None:
    """Have news pushed to a browser of the actor's. Raises `DomainError` for what is none."""
    try:
        webpush.message(webpush.Browser(endpoint, key, auth), b"", clock.now())
        usable = (
            endpoint.startswith(("https://", "http://") if settings.PUSH_ALLOWED else "https://")
            and len(endpoint) <= 500
        )
    except ValueError:
        usable = False
    if not usable or len(key) > 100 or len(auth) > 40 or actor.user_id is None:
        raise DomainError(_("This browser cannot be told."))
    store.discard(store.rows(PushBrowser).filter(endpoint=endpoint))
    own = store.rows(PushBrowser).filter(user_id=actor.user_id)
    kept = own.order_by("-id").values_list("pk", flat=True)[: BROWSERS - 1]
    store.discard(own.exclude(pk__in=list(kept)))
    new = PushBrowser(
        user_id=actor.user_id, endpoint=endpoint, key=key, auth=auth, told_at=clock.now()
    )
    store.append(PushBrowser, [new])


@command
def stop_push(*, actor: Actor, endpoint: str) -> None:
    """Push nothing more to a browser of the actor's."""
    own = store.rows(PushBrowser).filter(user_id=actor.user_id or 0)
    store.discard(own.filter(endpoint=endpoint))


@command
def end_push(*, actor: Actor, browser_id: int) -> None:
    """Forget a browser that is not there any more."""
    actor.require("crm.activity.change")
    store.discard(store.rows(PushBrowser).filter(pk=browser_id))


@command
def note_pushed(*, actor: Actor, browser_id: int, at: datetime) -> None:
    """A browser knows of everything up to now."""
    actor.require("crm.activity.change")
    store.replace(store.rows(PushBrowser).filter(pk=browser_id), told_at=at)


def _settle(user_id: int, **values: object) -> None:
    if not store.replace(store.rows(NoticeSettings).filter(user_id=user_id), **values):
        new = NoticeSettings(user_id=user_id, **values)
        store.append(NoticeSettings, [new], ignore_conflicts=True)


def _together(told: Iterable[Telling]) -> dict[tuple[int, str, int | None, str], Telling]:
    found: dict[tuple[int, str, int | None, str], Telling] = {}
    for one in told:
        former = found.get(one.key)
        if former is not None:
            fields = tuple(sorted({*former.fields, *one.fields}))
            one = Telling(*one.key, one.by, fields, former.count + one.count)
        found[one.key] = one
    return found


def _notice(one: Telling) -> Notice:
    return Notice(
        user_id=one.user_id, kind=one.kind, activity_id=one.activity_id, target=one.target,
        by=one.by, fields=list(one.fields), count=one.count, at=clock.now(),
    )  # fmt: skip
