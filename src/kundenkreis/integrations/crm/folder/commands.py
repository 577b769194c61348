"""What people do with a take-over: bring files, correct what was recognised, decide, start, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Person
from kundenkreis.integrations.crm.folder import opening, sources, targets
from kundenkreis.integrations.crm.folder.sources import SIDE
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.errors import Conflict, DomainError, NotFound
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import working
from kundenkreis.records.exchange import commands as exchange
from kundenkreis.records.exchange import reading, storing
from kundenkreis.records.models import Transfer

KIND = "folder"
RIGHTS = ("crm.person.import", "crm.organisation.import")
State = Transfer.State


def require(viewer: Viewer) -> None:
    """Raise `NotAllowed` for whoever may not import persons and organisations."""
    for right in RIGHTS:
        viewer.require(right)


def may(viewer: Viewer) -> bool:
    return all(viewer.may(right) for right in RIGHTS)


def start(actor: Actor, uploads: Iterable[tuple[str, Iterable[bytes]]]) -> Transfer:
    """Keep the files somebody brings. Raises `NotAllowed`, `DomainError` for too many or too much."""
    require(actor)
    folder = storing.new_name()
    files, total = [], 0
    try:
        for number, (name, chunks) in enumerate(uploads):
            if number >= opening.MOST_FILES:
                raise _too_many()
            path = storing.folder(SIDE, folder) / f"upload-{number}"
            total += storing.keep(path, chunks, reading.MOST_BYTES - total)
            if total > reading.MOST_BYTES:
                raise exchange.too_large()
            files.append({"name": _tidy(name), "upload": number, "size": path.stat().st_size})
        if not files:
            raise DomainError(_("Choose a file."), field="file")
    except BaseException:
        storing.forget(SIDE, [folder])
        raise
    now = clock.now()
    with store.group(SIDE, "records.in_folder"):
        return store.create(
            actor, Transfer, kind=KIND, direction=Transfer.Direction.FOLDER, user_id=actor.user_id,
            created_at=now, changed_at=now, asked=dict(working.asked_now()), state=State.READING,
            folder=folder, found={"uploads": files, "parts": [], "left": []}, batch=new_batch(),
        )  # fmt: skip


def _too_many() -> DomainError:
    why = _("Up to %(n)s files are taken over at once.") % {"n": opening.MOST_FILES}
    return DomainError(_("These are too many files."), why, field="file")


def _tidy(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(one for one in "/".join(parts[-2:]) if one.isprintable())[-120:] or "?"


def transfers(viewer: Viewer) -> Any:
    """The viewer's own take-overs, newest first."""
    require(viewer)
    rows = store.stored(SIDE, Transfer).filter(kind=KIND, direction=Transfer.Direction.FOLDER)
    return rows.filter(user_id=viewer.user_id).order_by("-id")


def transfer(viewer: Viewer, pk: int) -> Transfer:
    """One of them. Raises `NotFound`, also for somebody else's."""
    found = transfers(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found  # type: ignore[no-any-return]


def decide(actor: Actor, found: Transfer, decided: Mapping[str, Any]) -> None:
    """Say what the files hold and who wins, and have everything cleaned and compared.

    `decided`: `source` and `legal_basis`, without which nothing about people is kept; `parts`, what
    was corrected, by number; `order` of the sources, and the `rule`. Raises `DomainError`.
    """
    _require(found, State.ASKING, State.CHECKED)
    asked = {**found.asked, **decided}
    for part in asked.get("parts", {}).values():
        if part["what"] not in targets.WHATS and part["what"]:
            raise DomainError(_("Nobody knows what this file holds."))
        part["columns"] = [one if targets.known(one) else "" for one in part["columns"]]
    if not str(asked.get("source", "")).strip():
        raise DomainError(
            _("Where do these data come from?"),
            _("Every person and organisation says its source."),
            field="source",
        )
    if asked.get("legal_basis") not in Person.LegalBasis.values:
        raise DomainError(
            _("What allows you to keep these people?"),
            _("Data of people are only kept on a legal basis (GDPR Art. 6)."),
            field="legal_basis",
        )
    if decided.get("parts", found.asked.get("parts")) != found.asked.get("parts"):
        sources.choose(found, {})  # choices name drafts, which are others now
    _move(actor, found, State.CHECKING, asked=asked, position=0, counts={}, problem="")


def correct(actor: Actor, found: Transfer, number: int, what: str, columns: list[str]) -> None:
    """Say what one table holds and which column is what. Raises `NotFound`, `DomainError`."""
    _require(found, State.ASKING, State.CHECKED)
    known = sources.parts(found)
    if not 0 <= number < len(known):
        raise NotFound
    if what and what not in targets.WHATS:
        raise DomainError(_("Nobody knows what this file holds."), field="what")
    columns = [one if targets.known(one) else "" for one in columns]
    columns += [""] * (len(known[number]["columns"]) - len(columns))
    said = {**found.asked.get("parts", {}), str(number): {"what": what, "columns": columns}}
    sources.choose(found, {})  # choices name drafts, which are others now
    _move(actor, found, State.ASKING, asked={**found.asked, "parts": said})


def read_again(actor: Actor, found: Transfer, number: int, chosen: Mapping[str, str]) -> None:
    """Read everything once more, one file with another encoding or separator."""
    _require(found, State.ASKING, State.CHECKED)
    known = sources.parts(found)
    if not 0 <= number < len(known):
        raise NotFound
    upload = known[number]["upload"]
    said = {**found.asked.get("reading", {}), upload: {n: one for n, one in chosen.items() if one}}
    asked = {**found.asked, "reading": said, "parts": {}}
    outer = [one for one in found.found["uploads"] if not one.get("inner")]
    again = {"uploads": outer, "parts": [], "left": []}
    sources.choose(found, {})
    _move(actor, found, State.READING, asked=asked, found=again, position=0)


def choose(actor: Actor, found: Transfer, change: Callable[[dict[str, Any]], None]) -> None:
    """Change decisions about single records, and settle everything anew."""
    require(actor)
    _require(found, State.CHECKED)
    made = sources.choices(found)
    change(made)
    sources.choose(found, made)
    _move(actor, found, State.CHECKING, position=0, counts={})


def ask_again(actor: Actor, found: Transfer) -> None:
    """Go back to the files."""
    _require(found, State.CHECKED, State.FAILED)
    _move(actor, found, State.ASKING, problem="")


def carry(actor: Actor, found: Transfer) -> None:
    """Take over what was settled."""
    _require(found, State.CHECKED)
    total = sum(1 for _line in sources.lines(sources.place(found, sources.RECORDS)))
    _move(actor, found, State.RUNNING, position=0, total=total)


def go_on(actor: Actor, found: Transfer) -> None:
    """Go on where a failed one stopped."""
    _require(found, State.FAILED)
    kept = {**found.found, "tries": 0}
    _move(actor, found, found.found.get("stopped", State.READING), problem="", found=kept)


def note_undo(actor: Actor, found: Transfer) -> None:
    """Remember that it is being taken back."""
    _require(found, State.DONE)
    _move(actor, found, State.DONE, found={**found.found, "undone": True})


def _require(found: Transfer, *states: Transfer.State) -> None:
    if found.state not in states:
        raise Conflict(
            _("This import is further by now."),
            _("Somebody has continued it in another window."),
            _("Load the page again."),
        )


def _move(actor: Actor, found: Transfer, /, state: str, **values: Any) -> None:
    require(actor)
    with store.group(SIDE, "records.import_folder"):
        locked = store.lock(Transfer, found.pk)
        _require(locked, Transfer.State(found.state))
        store.change(actor, locked, state=state, changed_at=clock.now(), **values)
    found.refresh_from_db()
