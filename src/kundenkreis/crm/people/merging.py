"""What is special about making one person or organisation of two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kundenkreis.crm.people.commands import enter
from kundenkreis.crm.people.contacted import refresh_contacted
from kundenkreis.crm.people.events import PersonsMerged, PersonsParted
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    FormerLink,
    Person,
    Relation,
    SharedFacts,
    TimelineEntry,
)
from kundenkreis.crm.people.permissions import PERSON as TOLD
from kundenkreis.crm.people.permissions import record_objection
from kundenkreis.crm.people.relation_commands import ENDS, is_noted_turned
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Viewer, system
from kundenkreis.kernel.events import on, publish
from kundenkreis.records import named
from kundenkreis.records.events import RecordsMerged, RecordsParted
from kundenkreis.records.merging import references
from kundenkreis.records.models import Merge

PERSON, ORGANISATION = "crm.person", "crm.organisation"
references.UNAUDITED |= {SharedFacts, FormerLink}
references.TEXTS.append((TimelineEntry, "reference"))


@references.adjusting(ContactDetail)
def _once(detail: ContactDetail, name: str, kept: Any) -> Mapping[str, Any] | None:
    """The same address is there once, and each kind has one preferred."""
    own = store.rows(ContactDetail).filter(**{name: kept}, kind=detail.kind)
    if own.filter(folded=detail.folded).exists():
        return None
    primary = detail.is_primary and not own.filter(is_primary=True).exists()
    return {"is_primary": primary}


@references.adjusting(Affiliation)
def _one_role(role: Affiliation, name: str, kept: Any) -> Mapping[str, Any] | None:
    """Nobody has the same function in the same organisation twice."""
    ends = {"person": role.person_id, "organisation": role.organisation_id, name: kept.pk}
    same = store.rows(Affiliation).filter(**ends, function=role.function, until=role.until)
    return None if same.exists() else {}


@references.adjusting(Relation)
def _noted_once(relation: Relation, name: str, kept: Any) -> Mapping[str, Any] | None:
    """What reads the same from both is noted from one of the two."""
    ends = {one: getattr(relation, f"{one}_id") for one in ENDS} | {name: kept.pk}
    return None if is_noted_turned(relation.kind, ends) else {}


@on(RecordsMerged)
def follow_a_merge(event: RecordsMerged) -> None:
    """The one that stays goes by both links, and its timeline tells of it."""
    if event.subject not in (PERSON, ORGANISATION):
        return
    if event.subject == PERSON:
        _take_link(event.kept, event.gone)
    record = store.rows(_model(event.subject)).get(pk=event.kept)
    enter(Viewer(event.by, event.user_id), record, "merged", {"name": event.title})
    _refresh(event.subject, [event.kept])


@on(RecordsParted)
def follow_a_parting(event: RecordsParted) -> None:
    if event.subject not in (PERSON, ORGANISATION):
        return
    if event.subject == PERSON:
        said = _refused_since(event.kept, event.back)
        _give_link_back(event.kept, event.back)
        _object_again((event.kept, event.back), said)
    record = store.rows(_model(event.subject)).get(pk=event.kept)
    enter(Viewer(event.by, event.user_id), record, "parted", {"name": event.title})
    _refresh(event.subject, [event.kept, event.back])


def _take_link(kept: int, gone: int) -> None:
    """The links of the one that goes lead to the one that stays."""
    rows = store.rows(Person)
    links = dict(rows.filter(pk__in=(kept, gone)).values_list("pk", "link_id"))
    link, own = links[gone], links[kept]
    if link is not None:
        moves = own is None
        if own is None:
            store.replace(rows.filter(pk=gone), link_id=None)
            store.replace(rows.filter(pk=kept), link_id=link)
        else:
            publish(PersonsMerged(own, gone=link))
        former = FormerLink(link_id=link, person_id=kept, was_of=gone, is_own=moves)
        store.append(FormerLink, [former])


def _give_link_back(kept: int, back: int) -> None:
    rows = store.rows(Person)
    former = store.rows(FormerLink).filter(person=kept, was_of=back)
    for one in former:
        if one.is_own:
            store.replace(rows.filter(pk=kept, link_id=one.link_id), link_id=None)
            store.replace(rows.filter(pk=back), link_id=one.link_id)
    links = dict(rows.filter(pk__in=(kept, back)).values_list("pk", "link_id"))
    own, link = links.get(kept), links.get(back)
    if own is not None and link is not None:
        publish(PersonsParted(own, back=link))
    store.discard(former)


def _refused_since(kept: int, gone: int) -> list[ContactPermission]:
    """What the two refused while they were one."""
    merged = store.rows(Merge).filter(kind=PERSON.partition(".")[2], kept=kept, gone=gone)
    at = merged.order_by("-id").values_list("at", flat=True)[:1]
    link = store.rows(Person).filter(pk=kept, link_id__isnull=False).values("link_id")
    said = store.rows(ContactPermission).filter(subject_kind=TOLD, granted=False)
    return list(said.filter(link_id__in=link, since__gte=at))


def _object_again(people: Iterable[int], said: Iterable[ContactPermission]) -> None:
    """Nobody knows which of the two it was: the refusal holds for both."""
    links = dict(store.rows(Person).filter(pk__in=people).values_list("pk", "link_id"))
    for one in said:
        for pk in (pk for pk, link in links.items() if link != one.link_id):
            record_objection(
                actor=system("parting"), person_id=pk, channel=one.channel,
                purpose=one.purpose, at=one.since,
            )  # fmt: skip


def _refresh(subject: str, pks: list[int]) -> None:
    refresh_contacted(*((pks, ()) if subject == PERSON else ((), pks)))


def _model(subject: str) -> type[Any]:
    return named(subject.partition(".")[2]).model
