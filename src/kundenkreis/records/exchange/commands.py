"""What people do with transfers: take a list out, bring files in, decide how, start, fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import Conflict, DomainError, NotFound
from kundenkreis.kernel.transactions import new_batch
from kundenkreis.records import working
from kundenkreis.records.exchange import reading, storing, table
from kundenkreis.records.exchange.plan import Plan
from kundenkreis.records.models import Transfer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MOST_FILES = 20


def note_export(
    kind: RecordType,
    viewer: Viewer,
    *,
    query: str,
    form: str,
    columns: list[str],
    total: int,
    state: Transfer.State,
) -> Transfer:
    """Write down who takes which list out, and how many rows it has; for good, in the audit."""
    viewer.require(kind.right("export"))
    asked = {"query": query, "format": form, "columns": columns}
    position = total if state == Transfer.State.DONE else 0
    return _new(
        kind, viewer, Transfer.Direction.OUT, asked, state=state, total=total, position=position
    )


def start_import(
    kind: RecordType, viewer: Viewer, uploads: Sequence[tuple[str, Iterable[bytes]]], **asked: Any
) -> Transfer:
    """Keep the files somebody brings. Raises `NotAllowed`, `DomainError` for one that is too large."""
    viewer.require(kind.right("import"))
    if not uploads or len(uploads) > MOST_FILES:
        raise DomainError(
            _("Choose a file."), _("Up to %(n)s can be imported together.") % {"n": MOST_FILES},
            field="file",
        )  # fmt: skip
    name = storing.new_name()
    try:
        files = [_kept(kind, name, number, *upload) for number, upload in enumerate(uploads)]
    except BaseException:
        storing.forget(kind.side, [name])
        raise
    return _new(
        kind, viewer, Transfer.Direction.IN, asked, state=Transfer.State.READING, folder=name,
        found={"files": files}, batch=new_batch(),
    )  # fmt: skip


def _kept(
    kind: RecordType, folder: str, number: int, name: str, chunks: Iterable[bytes]
) -> dict[str, Any]:
    path = storing.folder(kind.side, folder) / f"upload-{number}"
    size = storing.keep(path, chunks, reading.MOST_BYTES)
    if size > reading.MOST_BYTES:
        raise too_large()
    return {"name": name[:200], "size": size}


def too_large() -> DomainError:
    """What to say of an upload beyond all measure."""
    return DomainError(
        _("The file is too large."),
        _("An import takes files up to %(n)s MB.") % {"n": reading.MOST_BYTES // 1_000_000},
        _("Split it into smaller files."),
        field="file",
    )


def read_again(kind: RecordType, viewer: Viewer, found: Transfer, **chosen: str) -> None:
    """Read the files once more, with another encoding, separator or sheet.

    What is only said again as it was recognised in the first file is nobody's choice for the others.
    """
    _require(found, Transfer.State.ASKING, Transfer.State.CHECKED)
    before, first = found.asked.get("reading", {}), found.found["files"][0]
    wanted = {
        name: text
        for name, text in chosen.items()
        if text and (text != first.get(name) or text == before.get(name))
    }
    asked = {**found.asked, "reading": wanted}
    asked.pop("mapping", None)
    _decide(kind, viewer, found, state=Transfer.State.READING, asked=asked)


def decide_import(
    kind: RecordType,
    viewer: Viewer,
    found: Transfer,
    decided: Mapping[str, Any],
    *,
    at_once: bool = False,
) -> None:
    """Say how the files are to be taken over, and have every row checked; or take them over
    `at_once`, each row as its check would have said."""
    _require(found, Transfer.State.ASKING, Transfer.State.CHECKED)
    asked = {**found.asked, **decided}
    Plan.of(asked)  # raises for what is no choice
    state = Transfer.State.RUNNING if at_once else Transfer.State.CHECKING
    _decide(kind, viewer, found, state=state, asked=asked, position=0, counts={})


def ask_again(kind: RecordType, viewer: Viewer, found: Transfer) -> None:
    """Go back to the columns of a checked import."""
    _require(found, Transfer.State.CHECKED, Transfer.State.FAILED)
    _decide(kind, viewer, found, state=Transfer.State.ASKING, problem="")


def run_import(kind: RecordType, viewer: Viewer, found: Transfer) -> None:
    """Take over what was checked."""
    _require(found, Transfer.State.CHECKED)
    _decide(kind, viewer, found, state=Transfer.State.RUNNING, position=0, counts={})


def go_on(kind: RecordType, viewer: Viewer, found: Transfer) -> None:
    """Go on where a failed transfer stopped."""
    _require(found, Transfer.State.FAILED)
    state = found.found.get("stopped", Transfer.State.READING)
    kept = {**found.found, "tries": 0}
    _decide(kind, viewer, found, state=state, problem="", found=kept)


def choose_rows(
    kind: RecordType, viewer: Viewer, found: Transfer, change: Callable[[dict[str, Any]], None]
) -> None:
    """Change decisions about single rows: corrected cells, rows and fields that are not wanted."""
    _require(found, Transfer.State.CHECKED)
    viewer.require(kind.right("import"))
    made = table.choices(kind.side, found)
    change(made)
    table.choose(kind.side, found, made)


def _require(found: Transfer, *states: Transfer.State) -> None:
    if found.state not in states:
        raise Conflict(
            _("This import is further by now."),
            _("Somebody has continued it in another window."),
            _("Load the page again."),
        )


def _decide(
    kind: RecordType, viewer: Viewer, found: Transfer, /, *, state: str, **values: Any
) -> None:
    """Move on, unless somebody else did meanwhile; the decision is in the audit."""
    viewer.require(kind.right("import"))
    with store.group(kind.side, f"records.import_{kind.slug}"):
        locked = store.lock(Transfer, found.pk)
        _require(locked, Transfer.State(found.state))
        store.change(viewer, locked, state=state, changed_at=clock.now(), **values)
    found.refresh_from_db()


def _new(
    kind: RecordType,
    viewer: Viewer,
    direction: Transfer.Direction,
    asked: dict[str, Any],
    **values: Any,
) -> Transfer:
    now = clock.now()
    with store.group(kind.side, f"records.{direction.name.lower()}_{kind.slug}"):
        return store.create(
            viewer, Transfer, kind=kind.name, direction=direction, user_id=viewer.user_id,
            created_at=now, changed_at=now, asked={**asked, **working.asked_now()},
            **{"folder": storing.new_name(), **values},
        )  # fmt: skip


def transfers(
    kind: RecordType, viewer: Viewer, direction: Transfer.Direction
) -> QuerySet[Transfer]:
    """The viewer's own transfers of a type, newest first."""
    action = "export" if direction == Transfer.Direction.OUT else "import"
    viewer.require(kind.right(action))
    own = store.stored(kind.side, Transfer).filter(kind=kind.name, direction=direction)
    return own.filter(user_id=viewer.user_id).order_by("-id")


def transfer(kind: RecordType, viewer: Viewer, direction: Transfer.Direction, pk: int) -> Transfer:
    """One of them. Raises `NotFound`, also for somebody else's."""
    found = transfers(kind, viewer, direction).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
