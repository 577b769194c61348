"""Faults are built into the product on purpose: each is noticed, so these tests would notice it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q

from kundenkreis.crm.accounts import queries as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.people import entries
from kundenkreis.crm.people.models import Person
from kundenkreis.crm.work import queries as work
from kundenkreis.kernel import access, sharing, store, withheld
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sharing import SharedWith
from kundenkreis.kernel.testing import BOTH
from kundenkreis.records import named, write
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.exchange import outgoing
from kundenkreis.records.lists import saved_views
from kundenkreis.records.models import SavedView
from kundenkreis.records.past import bin as bins
from kundenkreis.records.past import history
from kundenkreis.records.search import finding, hiding
from kundenkreis.records.views import filtering, lists
from kundenkreis.web.shell import middleware
from tests.rights import canaries, company, deciding, oracle
from tests.rights.company import CLEO, DORA, FRED, GUST, OTTO, STRANGE, TINA, Company, pk_of
from tests.rights.test_canaries import everything_narrowed

pytestmark = pytest.mark.django_db(databases=BOTH)
Check = Callable[[Company], Collection[Any]]
PERSON = "crm.person"


@pytest.fixture
def firm() -> Iterator[Company]:
    logging.disable(logging.CRITICAL)
    yield company.found()
    logging.disable(logging.NOTSET)


# The checks: what is wrong, if anything.


def decisions(firm: Company) -> list[str]:
    return deciding.compare(firm.world, PERSON)[1]


def activities(firm: Company) -> list[str]:
    return deciding.compare(firm.world, oracle.ACTIVITY)[1]


def fields(firm: Company) -> list[str]:
    return deciding.compare_fields(firm.world)


def told(pk: int, *addresses: str) -> Check:
    return lambda firm: canaries.leaks(firm, pk, addresses)[0]


def counted(firm: Company) -> list[str]:
    """The figure of a count, and what comes first when it is sorted, are those of the oracle."""
    body = canaries.ask(canaries.logged_in(OTTO), "/crm/persons/count/?definition=")[1]
    number = len(oracle.readable(firm.world, OTTO, PERSON))
    return [] if f'"number": {number}' in body else [body]


def finds(pk: int, field: str, place: int, address: str = "/crm/persons/?q=") -> Check:
    """Whether somebody finds a record by a text that they may not know."""

    def check(firm: Company) -> list[str]:
        row = pk_of(PERSON, place)
        word = next(one for one, needs in firm.words.items() if (PERSON, row, field) in needs)
        body = canaries.ask(canaries.logged_in(pk), f"{address}{word}")[1]
        return re.findall(r"/crm/(?:persons|opportunities)/\d+/", body)

    return check


def changed(pk: int, place: int, field: str) -> Check:
    """Whether somebody changes what they may not."""

    def check(firm: Company) -> list[Any]:
        viewer, row = accounts.viewer_of(User.objects.get(pk=pk)), pk_of(PERSON, place)
        try:
            write.change(named("person"), viewer, row, None, {field: "Z"})
        except access.NotAllowed:
            return []
        return [Person.objects.get(pk=row)]

    return check


def answers(pk: int, address: str, refused: int) -> Check:
    def check(firm: Company) -> list[int]:
        batch = AuditEntry.objects.using("default").latest("id").batch
        view = SavedView.objects.using("default").get(owner_id=FRED).pk
        status, _body = canaries.ask(canaries.logged_in(pk), address.format(view=view, batch=batch))
        return [] if status == refused else [status]

    return check


def files(firm: Company) -> list[str]:
    from tests.rights import test_changes

    transfer = test_changes.exporting_all(OTTO)
    test_changes.worked(transfer)
    test_changes.no_share(firm.world)
    pages = [f"/crm/persons/exports/{transfer.pk}/file/"]
    return canaries.leaks(firm, OTTO, pages)[0]


# The faults: what is replaced by what.


def reach_without(*columns: str) -> Callable[..., Q]:
    whole = access._reach

    def reach(*arguments: Any) -> Q:
        found = whole(*arguments)
        parts = [one for one in found.children if one[0].partition("_")[0] not in columns]
        return Q(*parts, _connector=Q.OR) if parts else Q(pk=0)

    return reach


def viewer_with(**values: Any) -> Callable[..., Viewer]:
    whole = accounts.viewer_of

    def viewer_of(user: User, via: str = "ui") -> Viewer:
        found = whole(user, via)
        return replace(found, **values) if user.pk in (DORA, TINA) else found

    return viewer_of


def everything(viewer: Viewer, rows: Any, *more: Any) -> Any:
    return rows


def nothing(*arguments: Any, **more: Any) -> None:
    """A check that was forgotten."""


def forever(self: SharedWith, side: Any) -> Any:
    return sharing.Share.objects.using(side.alias).filter(self._with)


def row_of(kind: RecordType, viewer: Viewer, pk: int) -> Any:
    return kind.model._default_manager.get(pk=pk)


def all_views(kind: Any, viewer: Any, pk: int) -> Any:
    return SavedView.objects.using("default").get(pk=pk)


def narrowest(roles: Any) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for grants in roles:
        found |= {right: min(found.get(right, level), level) for right, level in grants.items()}
    return dict.fromkeys(found, Level.OWN)


def any_hides(roles: Any) -> tuple[Any, Any]:
    some = [fields for _grants, fields in roles]
    hidden = {subject: frozenset(names) for one in some for subject, names in one.items()}
    return hidden, {}


def all_suggested(kind: Any, viewer: Any, text: str) -> list[tuple[str, Any]]:
    return [(str(one), one) for one in kind.model.objects.all()]


def all_changes(kind: Any, viewer: Any, entry: Any) -> Any:
    change = getattr(entry, "change", None)
    return change.fields if change else {}


def sees(kind: RecordType, viewer: Viewer, name: str) -> bool:
    return True


PAGE = f"/crm/persons/{pk_of(PERSON, 2)}/"
FAULTS: dict[str, tuple[Any, str, Any, Check]] = {
    "one's own records are forgotten": (access, "_reach", reach_without("owner"), decisions),
    "those of the team are forgotten": (access, "_reach", reach_without("team"), decisions),
    "shared ones are forgotten": (access, "_reach", reach_without("pk"), decisions),
    "shares never end": (SharedWith, "_all", forever, decisions),
    "who may read a share may change it": (
        sharing, "LEVELS", {"read": ("read", "change"), "change": ("read", "change")}, decisions,
    ),
    "teams below do not count": (accounts, "teams_below", lambda ids: frozenset(), decisions),
    "every team is below": (
        accounts, "teams_below", lambda ids: frozenset(range(28_000_000, 28_000_004)), decisions,
    ),
    "a deputy is none": (
        deciding, "viewer_of", viewer_with(stands_in_for=frozenset()), decisions,
    ),
    "a deputy stays one": (
        deciding, "viewer_of", viewer_with(stands_in_for=frozenset({FRED})), decisions,
    ),
    "the last day never comes": (User, "is_over", lambda user, today: False, told(GUST, "/crm/persons/")),
    "the narrowest role counts": (accounts, "widest", narrowest, decisions),
    "no field is hidden": (accounts, "field_rights", lambda roles: ({}, {}), fields),
    "what any role hides is hidden": (accounts, "field_rights", any_hides, fields),
    "rows come with what is hidden": (
        withheld, "without", lambda rows, *more: rows,
        told(TINA, f"/crm/organisations/{pk_of('crm.organisation', 2)}/"),
    ),
    "parts come with what is hidden": (
        withheld, "without_parts", lambda rows, names: rows, told(TINA, PAGE),
    ),
    "files have hidden columns": (RecordType, "sees", sees, told(TINA, "/crm/persons/?group=source")),
    "related records are named": (access, "readable", everything, told(CLEO, "/crm/orders/")),
    "a count counts everything": (filtering, "narrowed", everything_narrowed, counted),
    "a hidden text is found": (
        hiding, "hides_texts", lambda kind, viewer: False, finds(TINA, "phone", 2),
    ),
    "others' texts are found": (
        finding, "knows_others", lambda kind, viewer: True,
        finds(CLEO, "last_name", 0, "/crm/opportunities/?q="),
    ),
    "suggestions know no rights": (
        lists, "suggestions", all_suggested, told(OTTO, "/crm/persons/suggestions/?name=q"),
    ),
    "a page shows any number": (
        RecordType, "one", row_of, told(OTTO, f"/crm/persons/{pk_of(PERSON, STRANGE)}/"),
    ),
    "whoever reads may change": (write, "require_for", nothing, changed(OTTO, 5, "first_name")),
    "locked fields are changed": (store, "require_fields", nothing, changed(TINA, 2, "source")),
    "activities about hidden records": (work, "_known", lambda *a: Q(), activities),
    "the timeline tells all": (
        entries, "_known", everything,
        told(OTTO, f"/crm/persons/{pk_of(PERSON, 0)}/", f"/crm/persons/{pk_of(PERSON, 5)}/"),
    ),
    "the history tells all": (history, "known_changes", all_changes, told(TINA, f"{PAGE}history/")),
    "the bin shows all": (bins, "visible", everything, told(OTTO, "/crm/loans/bin/")),
    "views of others are opened": (
        saved_views, "find", all_views, answers(OTTO, "/crm/persons/views/{view}/", 404),
    ),
    "a file stays there": (outgoing, "require_same_rights", nothing, files),
    "nobody logs in": (middleware, "viewer_of", lambda user: access.system("x"), told(OTTO, PAGE)),
}  # fmt: skip


def test_p11_every_fault_is_noticed(firm: Company) -> None:
    """And without any, nothing is."""
    assert len(FAULTS) >= 20
    for check in dict.fromkeys(one[3] for one in FAULTS.values()):
        with undone(firm):
            assert not check(firm)
    unnoticed = []
    for fault, (place, name, broken, check) in FAULTS.items():
        with undone(firm), pytest.MonkeyPatch.context() as patch:
            patch.setattr(place, name, broken)
            if not check(firm):
                unnoticed.append(fault)
    assert not unnoticed


@contextmanager
def undone(firm: Company) -> Iterator[None]:
    """The world and both databases are afterwards what they were before."""
    before = deepcopy(firm.world)
    with transaction.atomic(), transaction.atomic("engage"):
        yield
        for alias in BOTH:
            transaction.set_rollback(True, using=alias)
    firm.world = before
