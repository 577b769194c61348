"""Creating and upgrading an installation."""

from __future__ import annotations

import fcntl
import getpass
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from kundenkreis.config import env
from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.queries import anybody
from kundenkreis.crm.people import keeping
from kundenkreis.crm.people.places.commands import ship_places
from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.dossier import retention
from kundenkreis.dossier.replaying import replay
from kundenkreis.engage.consent.commands import ship_purposes
from kundenkreis.kernel import audit, folders, heads, held, journal
from kundenkreis.kernel.access import system
from kundenkreis.kernel.backup import staging
from kundenkreis.kernel.sides import Side
from kundenkreis.records.search.indexing import rebuild_if_missing


def prepare(*, demo: bool, port: int) -> None:
    """Bring both databases to the current schema and fill in what every company needs.

    A second set-up of the same folder waits until the first is done.
    """
    env.make_private(env.folder(Side.CRM))  # containers may write to the folders of the sides only
    with (env.folder(Side.CRM) / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _prepare(demo=demo, port=port)


def _prepare(*, demo: bool, port: int) -> None:
    if staging.is_switching():
        staging.roll_forward()
        _say("A restore that was cut off is done now.")
    for side in Side:
        env.secret(side)
    journal.begin()
    bring_up()
    if not anybody() and held.begin_trial(actor=system("setup")):
        _say("The installation is on trial: nothing leaves until you go live.")
    if erased := replay():
        _say(f"{erased} people who were erased before were erased from the restored data, too.")
    if demo:
        from kundenkreis.demo.company import admit_shop, found_company, is_founded
        from kundenkreis.demo.launch import shop_origin

        if not is_founded():
            _timed("Founding the demo company", found_company)
        admit_shop(shop_origin(port))
    share()


def share() -> None:
    """Let the public roles read their secret and write their database and journal, where the folder
    of engage is shared with them. After a set-up, and after whatever puts other files in their place."""
    for side in Side:
        folders.share(env.secret_file(side), 0o640)
        folders.share(journal.path(side), 0o660)  # the public roles note who withdraws
        database = connections[side.alias]
        if database.vendor == "sqlite":
            folders.share(Path(str(database.settings_dict["NAME"])), 0o660)


def bring_up() -> None:
    """Migrate forward, and add what every company needs."""
    for side in Side:
        if _behind(side):
            _timed(f"Creating the {side} database", partial(_migrate, side))
    actor = system("setup")
    accounts.create_shipped_roles(actor=actor)
    ship_pipeline(actor=actor)
    ship_places(actor=actor)
    ship_purposes(actor=actor)
    for side in Side:
        rebuild_if_missing(side)
    keeping.rebuild_if_missing()


def first_administrator(email: str) -> int:
    """Let the first administrator in; the password is asked for, never given by default."""
    if anybody():
        _say("There already is an administrator. Let others in with “kundenkreis add-user”.")
        return 1
    password = _new_password()
    if password is None:
        return 1
    accounts.create_first_administrator(
        actor=system("setup"), email=email, name=email.split("@")[0], password=password
    )
    _say(f"{email} can log in as administrator.")
    return 0


def add_user(email: str, *, name: str, roles: list[str], until: date | None = None) -> int:
    """Let somebody in with these roles, perhaps until a day. Raises `DomainError` when the address
    is taken or there is no such role."""
    password = _new_password()
    if password is None:
        return 1
    accounts.create_user(
        actor=system("setup"), email=email, name=name, password=password, roles=roles, until=until
    )
    _say(f"{email} can log in: {', '.join(roles)}.")
    return 0


def _new_password() -> str | None:
    """A password typed twice that keeps the rules; None, with the reason said, if it does not."""
    password = os.environ.get("KUNDENKREIS_FIRST_PASSWORD")
    if password is None:
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more:  ") != password:
            _say("The two passwords differ; nobody was let in.")
            return None
    try:
        validate_password(password)
    except ValidationError as error:
        _say(" ".join(error.messages))
        return None
    return password


def verify_audit(kept: Path | None = None) -> int:
    """Replay the audit's hash chain on both sides, and compare it with heads that were kept
    elsewhere; names every damaged row and every head that does not fit, and prints the newest."""
    found = 0
    known = heads.read(kept.read_text().splitlines()) if kept else []
    for side in Side:
        for damage in audit.verify(side):
            found += 1
            _say(f"{side}: audit row {damage.entry_id} is {damage.what}")
    for head, what in heads.broken(known):
        found += 1
        now = heads.newest(head.side)
        _say(
            f"{head.side}: the audit was {what} before seal {head.number} of {head.at}, now: {now}"
        )
    audit_head()
    _say("The audit is intact." if not found else f"The audit is damaged; findings: {found}.")
    return 1 if found else 0


def audit_head() -> int:
    """Print the newest seal of each side, to be kept elsewhere."""
    for side in Side:
        _say(str(heads.newest(side)))
    return 0


def release(discard: Sequence[str]) -> int:
    """Let go what a restore holds back; where none does, end the trial. Raises `DomainError`."""
    actor = system("shell")
    if held.anywhere():
        held.release(actor=actor, discard=discard)
        _say("What was held back since the restore leaves now.")
        if held.on_trial():
            _say("The installation is still on trial. To go live, say it once more.")
        return 0
    held.release(actor=actor, why=held.Why.TRIAL, discard=discard)
    _say("The installation is live: what leaves the house leaves from now on.")
    return 0


def retention_run(*, run: bool) -> int:
    """Say what is over by each promise; `run` forgets it."""
    for one in retention.lines():
        if one.count:
            since = one.oldest.date().isoformat() if one.oldest else "–"
            _say(f"{one.side:7} {one.count:>10}  {one.table} ({one.kept}; oldest {since})")
    if run:
        _say(f"{retention.run()} rows were forgotten.")
    return 0


def _behind(side: Side) -> bool:
    executor = MigrationExecutor(connections[side.alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate(side: Side) -> None:
    call_command("migrate", database=side.alias, verbosity=0, interactive=False)


def _timed(what: str, work: Callable[[], object]) -> None:
    began = time.monotonic()
    print(f"{what} …", end=" ", flush=True)  # noqa: T201
    work()
    _say(f"{time.monotonic() - began:.1f} s")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
    sys.stdout.flush()
