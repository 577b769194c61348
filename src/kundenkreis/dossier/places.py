"""Where rows of a person are: every table of which a privacy map says that it leads to somebody.

A path of relations in the map is followed by itself. What names people in another way (a number
without a foreign key, an address, a text) is told here; a table that leads to people and is not
found by either fails the tests, so nothing is left out of an export or an erasure by oversight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from kundenkreis.crm.accounts.privacy import LIBRARIES
from kundenkreis.crm.letters.models import Skipped
from kundenkreis.crm.people.models import (
    BlockingKey,
    ContactPermission,
    DuplicatePair,
    MarketingMembership,
    Person,
    Relation,
)
from kundenkreis.crm.webhooks.models import Message
from kundenkreis.crm.work.models import Activity, Draft, Notice
from kundenkreis.dossier.whose import Whose
from kundenkreis.engage.campaigns.models import Assignment, Delivery, Exposure
from kundenkreis.engage.consent.models import ConsentEntry, ConsentState
from kundenkreis.engage.profiles.models import (
    FormerHolder,
    Identifier,
    Profile,
    ProfileMerge,
    ProfileUnion,
)
from kundenkreis.engage.segments.models import Membership, Recheck, Timer
from kundenkreis.engage.tracking.models import Event, RejectedItem, SeenOrder
from kundenkreis.kernel import store
from kundenkreis.kernel.models import (
    AuditChange,
    AuditEntry,
    IndexedWord,
    OutboxMessage,
    RemovedRow,
    SearchDocument,
    Share,
)
from kundenkreis.kernel.privacy import Map, Use
from kundenkreis.kernel.sides import Side, side_of_label
from kundenkreis.link.models import InboxMessage
from kundenkreis.records.models import BulkFailure, Mark, Merge

Where = Callable[[Whose], Q]
# The map's paths that lead to a member of staff, who works with the product.
STAFF = frozenset({"user_id", "user", "owner_id"})
STAFF_CONTEXT = "crm_accounts"


def _links(w: Whose) -> Q:
    return Q(key__in=[str(link) for link in w.links])


def _records(
    named: str, row: str = "row", person: str = "person", profile: str = "profile"
) -> Where:
    """Rows that name a record by its type and number, on either side."""
    return lambda w: (
        Q(**{named: person, f"{row}__in": w.persons})
        | Q(**{named: profile, f"{row}__in": w.profiles})
    )


def _profiles(*columns: str) -> Where:
    def where(w: Whose) -> Q:
        found = Q(pk__in=[])
        for column in columns:
            found |= Q(**{f"{column}__in": w.profiles})
        return found

    return where


def _said(w: Whose) -> Q:
    """Statements under any of their names; those of one name and another shop are left out later."""
    found = Q(pk__in=[])
    by_kind: dict[tuple[str, str], set[str]] = {}
    for space, kind, value in w.subjects:
        by_kind.setdefault((space, kind), set()).add(value)
    for (space, kind), values in by_kind.items():
        found |= Q(namespace=space, subject_kind=kind, subject__in=values)
    return found


def _permissions(w: Whose) -> Q:
    return Q(link_id__in=w.links) | Q(folded__in=w.folded)


def _targets(prefix: str) -> Where:
    """What the audit says of them; `erasing` finds what it says of their parts."""
    return lambda w: Q(**{f"{prefix}target__in": targets(w)})


def targets(w: Whose) -> list[str]:
    """The texts that name them on both sides."""
    crm = [f"crm.person:{pk}" for pk in sorted(w.persons)]
    return crm + [f"engage.profile:{pk}" for pk in sorted(w.profiles)]


def _mentioned(column: str) -> Where:
    """Rows in whose JSON one of their own texts stands; empty without any."""

    def where(w: Whose) -> Q:
        found = Q(pk__in=[])
        for token in w.tokens:
            found |= Q(**{f"{column}__icontains": token})
        return found

    return where


def _images(w: Whose) -> Q:
    """Deleted rows that are theirs, or name them."""
    own = Q(table="crm_people.person", row__in=w.persons)
    own |= Q(table="engage_profiles.profile", row__in=w.profiles)
    named = Q(image__person_id__in=w.persons) | Q(image__other_id__in=w.persons)
    about = Q(image__about_kind="person", image__about_row__in=w.persons)
    return own | named | about | Q(image__profile_id__in=w.profiles)


WHERE: Mapping[type[Model], Where] = {
    Relation: lambda w: Q(person__in=w.persons) | Q(other__in=w.persons),
    ContactPermission: _permissions,
    MarketingMembership: lambda w: Q(link_id__in=w.links),
    BlockingKey: lambda w: Q(of=BlockingKey.Of.PERSON, row__in=w.persons),
    DuplicatePair: lambda w: Q(kind="person") & (Q(left__in=w.persons) | Q(right__in=w.persons)),
    Activity: lambda w: Q(person__in=w.persons) | Q(about_kind="person", about_row__in=w.persons),
    Notice: lambda w: Q(activity__person__in=w.persons) | Q(target__in=targets(w)),
    Draft: _records("about_kind", "about_row"),
    Mark: _records("kind"),
    Merge: lambda w: Q(kind="person") & (Q(kept__in=w.persons) | Q(gone__in=w.persons)),
    **dict.fromkeys((BulkFailure, Skipped), _records("run__kind")),
    Share: _records("subject", "row", "crm.person", "engage.profile"),
    **dict.fromkeys((SearchDocument, IndexedWord), _records("kind")),
    RemovedRow: _images,
    **dict.fromkeys((AuditEntry, Message), _targets("")),
    AuditChange: _targets("entry__"),
    OutboxMessage: _links,
    InboxMessage: _links,
    Profile: _profiles("pk"),
    Identifier: _profiles("profile_id"),
    FormerHolder: _profiles("profile_id", "identifier__profile_id"),
    ProfileMerge: _profiles("absorbed_id", "canonical_id"),
    ProfileUnion: _profiles("profile_id", "into_id"),
    Event: _profiles("profile_id"),
    SeenOrder: lambda w: Q(link_id__in=w.links),
    **dict.fromkeys((Membership, Timer, Recheck), _profiles("profile_id")),
    **dict.fromkeys((Assignment, Exposure, Delivery), _profiles("profile_id")),
    **dict.fromkeys((ConsentEntry, ConsentState), _said),
    RejectedItem: _mentioned("item"),
}


@cache
def maps(side: Side) -> Mapping[type[Model], Mapping[str, Use]]:
    """What the privacy maps say of every table of a side."""
    found: dict[type[Model], Mapping[str, Use]] = {}
    for config in apps.get_app_configs():
        if not config.models or _is_test(config.name):
            continue
        if side_of_label(config.label) in (None, side):
            said = _said_of(config)
            models = {model.__name__: model for model in config.get_models()}
            found |= {models[name]: uses for name, uses in said.items() if name in models}
    return found


def _said_of(config: AppConfig) -> Map:
    if config.name.startswith("kundenkreis."):
        found: Map = import_module(f"{config.name}.privacy").PRIVACY
        return found
    return LIBRARIES.get(config.label, {})


def _is_test(name: str) -> bool:
    return ".tests." in name


def is_of_people(uses: Mapping[str, Use]) -> bool:
    return any(use.person and use.person not in STAFF for use in uses.values())


def where(model: type[Model], w: Whose) -> Q | None:
    """Which rows of a table are theirs; None for one that leads to nobody but staff.

    Raises `LookupError` where the map says that it leads to people and nobody has said how.
    """
    if model._meta.app_label == STAFF_CONTEXT:
        return None
    if model in WHERE:
        return WHERE[model](w)
    if model is Person:
        return Q(pk__in=w.persons)
    uses = next((maps(side)[model] for side in Side if model in maps(side)), None)
    if uses is None or not is_of_people(uses):
        return None
    paths = {use.person for use in uses.values() if use.person and use.person not in STAFF}
    found = Q(pk__in=[])
    for path in paths:
        if _leads_to(model, path) is not Person:
            raise LookupError(f"{model.__name__}: how “{path}” leads to a person is not said")
        found |= Q(**{f"{path}__in": w.persons})
    return found


def rows(side: Side, w: Whose) -> Iterator[tuple[type[Model], QuerySet[Any]]]:
    """Every table of a side that may hold something of theirs, with what it holds."""
    for model in maps(side):
        if _is_elsewhere(model, side):
            continue
        found = where(model, w)
        if found is not None:
            yield model, store.stored(side, model).filter(found)


def _is_elsewhere(model: type[Model], side: Side) -> bool:
    """Drafts and the like stand on both sides; a number of one side means nobody on the other."""
    return side_of_label(model._meta.app_label) not in (None, side)


def _leads_to(model: type[Model], path: str) -> type[Model] | None:
    at: type[Model] | None = model
    for part in path.split("__"):
        try:
            at = at._meta.get_field(part).related_model if at is not None else None
        except FieldDoesNotExist:
            return None
    return at
