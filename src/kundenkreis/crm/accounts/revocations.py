"""What was taken from members of staff stays taken when an older state is restored.

The journal holds it: it names nobody, and passwords and addresses in it are sealed. Doing it again
only takes. What somebody was given since the backup is lost with the rest, and given anew by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password

from kundenkreis.crm.accounts.models import ApiToken, User
from kundenkreis.kernel import clock, journal, sealing, store, tombstones
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.sides import Side

Said = Mapping[User, journal.Entry]  # the last word on each of them

ACCESS, LOGIN, FACTOR, TOKEN = "access", "login", "factor", "token"
SEALED = "journal.login"


def note_access(user: User) -> None:
    """How far somebody is let in from now on."""
    until = user.until.isoformat() if user.until else ""
    roles = sorted(user.roles.values_list("slug", flat=True))
    teams = sorted(user.teams.values_list("pk", flat=True))
    _note(user, ACCESS, active=user.is_active, until=until, roles=roles, teams=teams)


def note_login(user: User) -> None:
    """With what somebody logs in from now on, and with nothing else any more."""
    said = json.dumps({"email": user.email, "password": user.password})
    _note(user, LOGIN, sealed=sealing.seal(Side.CRM, SEALED, said))


def note_factor(user: User) -> None:
    """With which devices somebody confirms a log-in from now on."""
    _note(user, FACTOR, left=sorted(_factors(user).values_list("pk", flat=True)))


def note_token(token: ApiToken) -> None:
    """That a token ended."""
    entry = {"kind": TOKEN, "at": clock.now().isoformat(), "token": _digest(token)}
    journal.note_in_unit(Side.CRM, [entry])


@command
def revoke_again(*, actor: Actor) -> int:
    """After a restore: take once more what the journal says was taken; returns from how many
    accounts and tokens. Each kind goes by the last word on it."""
    found = {_who(user): user for user in store.rows(User).order_by("pk")}
    changed: set[int] = set()
    for kind, again in AGAIN.items():
        last = {said["who"]: said for said in journal.entries(Side.CRM, kind)}
        several = {found[who]: said for who, said in last.items() if who in found}
        changed |= {user.pk for user in again(actor, several)}
    ended = {said["token"] for said in journal.entries(Side.CRM, TOKEN)}
    return len(changed) + sum(_end(actor, token) for token in _alive() if _digest(token) in ended)


def _access(actor: Actor, several: Said) -> Iterator[User]:
    for user, said in several.items():
        roles, teams = list(user.roles.all()), list(user.teams.all())
        kept = [role for role in roles if role.slug in said["roles"]]
        stay = [team for team in teams if team.pk in said.get("teams", [team.pk])]
        until = date.fromisoformat(said["until"]) if said["until"] else None
        ends = min(filter(None, (until, user.until)), default=None)
        changed = store.change(actor, user, is_active=user.is_active and said["active"], until=ends)
        if (kept, stay) != (roles, teams):
            changed = store.assign(actor, user, roles=kept, teams=stay) or changed
        if changed:
            yield user


def _login(actor: Actor, several: Said) -> Iterator[User]:
    """An address that went from one to another is free only once the one has let go of it: all who
    had another one do so first."""
    login = {user: _unsealed(said) for user, said in several.items()}
    moved = [user for user, said in login.items() if said and said["email"] != user.email]
    for user in moved:
        store.discard(store.rows(SocialAccount).filter(user_id=user.pk))
        store.change(actor, user, email=f"{user.pk}@moved.invalid")
    for user, said in login.items():
        if said is None:  # by another secret: then nobody knows the password
            changed = store.change(actor, user, password=make_password(None))
        elif store.rows(User).filter(email__iexact=said["email"]).exclude(pk=user.pk).exists():
            changed = store.change(actor, user, is_active=False)
        else:
            changed = store.change(actor, user, email=said["email"], password=said["password"])
        if changed or user in moved:
            yield user


def _unsealed(said: journal.Entry) -> Mapping[str, str] | None:
    try:
        known = json.loads(sealing.unseal(Side.CRM, SEALED, said["sealed"]))
    except sealing.Unreadable:
        return None
    return {"email": known["email"], "password": known["password"]}


def _factor(actor: Actor, several: Said) -> Iterator[User]:
    for user, said in several.items():
        if store.discard(_factors(user).exclude(pk__in=said["left"])):
            store.change(actor, user, derived={"factor_at": clock.now()})
            yield user


AGAIN: Mapping[str, Callable[[Actor, Said], Iterator[User]]] = {
    ACCESS: _access, LOGIN: _login, FACTOR: _factor,
}  # fmt: skip


def _end(actor: Actor, token: ApiToken) -> bool:
    return store.change(actor, token, revoked_at=clock.now())


def _alive() -> Iterator[ApiToken]:
    yield from list(store.rows(ApiToken).filter(revoked_at=None).order_by("pk"))


def _factors(user: User) -> Any:
    return store.stored(Side.CRM, Authenticator).filter(user_id=user.pk)


def _note(user: User, kind: str, **said: Any) -> None:
    entry = {"kind": kind, "at": clock.now().isoformat(), "who": _who(user), **said}
    journal.note_in_unit(Side.CRM, [entry])


def _who(user: User) -> str:
    return tombstones.digest(Side.CRM, f"user|{user.pk}|{user.joined_at.isoformat()}")


def _digest(token: ApiToken) -> str:
    return tombstones.digest(Side.CRM, f"token|{token.digest}")
