"""A witness behind the write door: it reads every statement that a test sends to a database, and a
test fails whose unit of work wrote to a record's table and left no audit row of such a record.

What is not audited by design stands in `ALLOWED`, each with its reason. The witness sees what is
written inside of a unit of work; writes outside of one are what tests prepare and tamper with.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.db.models import Model

_WRITES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?')
_SET = re.compile(r'"(\w+)" = ')
_TARGET = re.compile(r"(?:crm|engage)\.(\w+):")
AUDIT = "kernel_auditentry"
# Beside all types of record: who may do what, and what fields there are.
OTHERS = (
    "crm_accounts.User",
    "crm_accounts.Role",
    "crm_accounts.Team",
    "crm_accounts.Absence",
    "crm_webhooks.Webhook",
    "crm_accounts.ApiToken",
    "crm_accounts.Undertaking",
    "crm_accounts.UndertakingText",
    "kernel.Share",
    "records.FieldDefinition",
)


@dataclass(frozen=True)
class Allowed:
    """Writes that leave no audit row: of a model (`*`: of all), by a verb, to these columns only
    or to any, while a command runs whose name begins so."""

    why: str
    model: str = "*"
    verb: str = ""
    columns: frozenset[str] = frozenset()
    command: str = ""

    def fits(self, model: str, verb: str, columns: frozenset[str], command: str) -> bool:
        return (
            self.model in ("*", model)
            and verb.startswith(self.verb)
            and (not self.columns or (bool(columns) and columns <= self.columns))
            and command.startswith(self.command)
        )


def _columns(*names: str) -> frozenset[str]:
    return frozenset(names)


ALLOWED = (
    Allowed(
        "the number that names somebody across the sides; nobody's statement about them",
        verb="UPDATE",
        columns=_columns("link_id"),
    ),
    Allowed(
        "the day of the last contact follows from activities, which are audited",
        verb="UPDATE",
        columns=_columns("contacted_on"),
    ),
    Allowed(
        "versions rise with a part that is a row of its own; the part is audited",
        verb="UPDATE",
        columns=_columns("version", "changed_at"),
    ),
    Allowed(
        "as forgetting in time: what a request was about is forgotten before the request is",
        model="datarequest",
        verb="UPDATE",
        columns=_columns("person_id"),
        command="kernel.forget",
    ),
    Allowed(
        "when a token was last used says nothing of a record",
        model="apitoken",
        verb="UPDATE",
        columns=_columns("used_at"),
    ),
    Allowed(
        "whether a receiver answers says nothing that somebody decided",
        model="webhook",
        verb="UPDATE",
        columns=_columns("failures", "rests_until"),
    ),
    Allowed(
        "own fields that follow by formulas, or whose definition was removed",
        verb="UPDATE",
        columns=_columns("custom"),
    ),
    Allowed(
        "how large a segment is, and when it is worked out anew, follows from its rule",
        model="segment",
        verb="UPDATE",
        columns=_columns("size", "refreshed_at", "refresh_due_at"),
    ),
    Allowed(
        "who a visitor is follows from what sources report: events and identifiers, kept anyway",
        model="profile",
        verb="INSERT",
    ),
    Allowed(
        "as above; whom staff join by hand is a union, a row with who and when",
        model="profile",
        verb="UPDATE",
        columns=_columns(
            "canonical_id", "known", "link_id", "last_seen_at", "traits", "trait_times"
        ),
    ),
    Allowed(
        "that somebody's data must not be used is decided, and audited, in the crm",
        model="profile",
        verb="UPDATE",
        columns=_columns("restricted"),
    ),
    Allowed(
        "what is forgotten in time leaves no trace of each row; the promise is in privacy.py",
        verb="DELETE",
        command="kernel.forget",
    ),
    Allowed(
        "an erasure is recorded itself; rows of its own would say once more what has to go",
        command="dossier.",
    ),
    Allowed(
        "the files of a letter are made of its content, which is audited",
        model="letter",
        verb="UPDATE",
        columns=_columns("pdf", "docx", "printed"),
    ),
    Allowed(
        "as forgetting in time: orders are forgotten with their lines",
        verb="DELETE",
        command="crm.sales.order_commands.forget_orders",
    ),
    Allowed(
        "as forgetting in time: profiles are forgotten with all that belongs to them",
        model="profile",
        verb="DELETE",
        command="engage.profiles.forget_profiles",
    ),
)


@dataclass
class Seen:
    """What one unit of work wrote, and of which records it left audit rows."""

    written: dict[str, str] = field(default_factory=dict)
    audited: set[str] = field(default_factory=set)

    def take(self, inner: Seen) -> None:
        self.written = inner.written | self.written
        self.audited |= inner.audited


class Witness:
    """Reads statements as an execute wrapper, and asks at the end of each outermost unit."""

    def __init__(self) -> None:
        self.holes: list[str] = []
        self._open: dict[int, list[Seen]] = {}

    def read(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        done = execute(sql, params, many, context)
        if sql[0] in "IUD" and (found := _WRITES.match(sql)) is not None:
            verb, table = found.groups()
            if table == AUDIT:
                self._audited(params)
            # A cascade asks also where there is nothing; SQLite counts inserted rows late.
            elif verb == "INSERT INTO" or context["cursor"].rowcount:
                self._written(verb, table, sql)
        return done

    def _seen(self) -> Seen | None:
        from kundenkreis.kernel import transactions

        unit = transactions._unit.get()
        layers = self._open.get(id(unit.touched)) if unit else None
        return layers[-1] if layers else None

    def _audited(self, params: Any) -> None:
        if (seen := self._seen()) is not None:
            seen.audited.update(_targets(params))

    def _written(self, verb: str, table: str, sql: str) -> None:
        from kundenkreis.kernel import transactions

        model = _records().get(table)
        unit, seen = transactions._unit.get(), self._seen() if model else None
        if unit is None or seen is None or model is None or unit.trial or model in seen.written:
            return
        found = _SET.findall(sql.partition(" WHERE ")[0]) if verb == "UPDATE" else ()
        columns = frozenset(found) - {"id"}  # which one of many
        for one in ALLOWED:
            if one.fits(model, verb, columns, unit.command):
                return
        seen.written[model] = f"{verb} {model} {sorted(columns)} in {unit.command}: {_where()}"

    @contextmanager
    def unit(self, unit: Any) -> Iterator[None]:
        """Around a unit of work, outermost or nested; what is rolled back has written nothing."""
        key = id(unit.touched)
        layers = self._open.setdefault(key, [])
        layers.append(mine := Seen())
        try:
            yield
        except BaseException:
            mine = Seen()
            raise
        finally:
            layers.pop()
            if layers:
                layers[-1].take(mine)
            else:
                del self._open[key]
                self.holes += [
                    said for model, said in mine.written.items() if model not in mine.audited
                ]


@cache
def _records() -> dict[str, str]:
    """The tables that are audited, and what references call their models."""
    from django.apps import apps

    from kundenkreis.kernel.record import Record

    def named(model: type[Model]) -> str:
        return str(model._meta.model_name)

    audited = [model for model in apps.get_models() if issubclass(model, Record)]
    audited += [apps.get_model(name) for name in OTHERS]
    return {model._meta.db_table: named(model) for model in audited}


def _targets(params: Any) -> Iterator[str]:
    """The models that audit rows speak of: their targets are among the parameters, in columns or
    in rows."""
    for one in params or ():
        if isinstance(one, str):
            if (found := _TARGET.match(one)) is not None:
                yield found[1]
        elif isinstance(one, list | tuple):
            yield from _targets(one)


def _where() -> str:
    """The nearest line of a context's code, for whoever has to mend it."""
    frame = sys._getframe(2)
    while (back := frame.f_back) is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("kundenkreis.") and not name.startswith("kundenkreis.kernel."):
            return f"{name}:{frame.f_lineno}"
        frame = back
    return "?"


@pytest.fixture(scope="session")
def audit_witness() -> Iterator[Witness]:
    from django.db import connections
    from django.db.backends.signals import connection_created

    from kundenkreis.kernel import transactions

    witness = Witness()

    def hear(*, connection: Any, **_: Any) -> None:
        if witness.read not in connection.execute_wrappers:
            connection.execute_wrappers.append(witness.read)

    plain = transactions.turn

    @contextmanager
    def turn(connection: Any) -> Iterator[None]:
        unit = transactions.current()
        with plain(connection), witness.unit(unit):
            yield

    connection_created.connect(hear, weak=False, dispatch_uid="witness")
    for connection in connections.all(initialized_only=True):
        hear(connection=connection)
    transactions.turn = turn
    yield witness
    transactions.turn = plain
    connection_created.disconnect(dispatch_uid="witness")


def _opens_databases(request: pytest.FixtureRequest) -> bool:
    asked = {"db", "transactional_db"} & set(request.fixturenames)
    return bool(asked) or request.node.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _audited(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that wrote to records past the door."""
    if not _opens_databases(request):
        yield
        return
    witness: Witness = request.getfixturevalue("audit_witness")
    witness.holes.clear()
    yield
    if request.node.get_closest_marker("unaudited") is not None:
        witness.holes.clear()
    if witness.holes:
        told = "\n".join(dict.fromkeys(witness.holes))
        witness.holes.clear()
        pytest.fail(f"written without an audit row:\n{told}", pytrace=False)
