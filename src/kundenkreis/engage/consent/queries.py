"""What people allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.models import FETCH_PEERS, Exists, OuterRef, QuerySet

from kundenkreis.engage.consent.models import ConsentEntry, ConsentState, Purpose
from kundenkreis.engage.consent.rule import Said, holds
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.profiles.queries import group_ids
from kundenkreis.kernel import bulk
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.text import fold

WEB = "web"
EMAIL = "email"

# Namespace (of anonymous and user, else ""), kind (anonymous, user, email, phone, person), value.
Subject = tuple[str, str, str]

_SUBJECT = ("namespace", "subject_kind", "subject")
_subject = attrgetter(*_SUBJECT)


def purposes(viewer: Viewer) -> QuerySet[Purpose]:
    """Purposes by their short name."""
    return visible(viewer, Purpose.objects.order_by("slug"), "engage.purpose.read")


def statements(viewer: Viewer) -> QuerySet[ConsentEntry]:
    """The ledger of what people stated, newest first."""
    rows = ConsentEntry.objects.all().fetch_mode(FETCH_PEERS).order_by("-id")
    return visible(viewer, rows, "engage.consententry.read")


def statements_of(text: str) -> QuerySet[ConsentEntry, int]:
    """The numbers of the statements under exactly this name."""
    names = {text, text.lower()}
    return ConsentEntry.objects.filter(subject__in=names).values_list("pk", flat=True)


def basis_of(slugs: Iterable[str]) -> dict[str, str]:
    """The legal basis of each purpose that exists."""
    return dict(Purpose.objects.filter(slug__in=set(slugs)).values_list("slug", "basis"))


def names_of(profile_ids: Iterable[int]) -> list[Subject]:
    """Every name these profiles go by; a name left out would keep a consent that was withdrawn."""
    rows = Identifier.objects.filter(profile_id__in=list(profile_ids)).order_by("id")
    return list(rows.values_list("namespace", "kind", "value"))


def known_subjects() -> Iterator[Subject]:
    """Every name by which anybody may have said something, once."""
    names = ("namespace", "subject_kind", "subject")
    yield from ConsentState.objects.order_by(*names).values_list(*names).distinct().iterator()
    told = ConsentState.objects.filter(
        namespace=OuterRef("namespace"), subject_kind=OuterRef("kind"), subject=OuterRef("value")
    )
    others = Identifier.objects.exclude(Exists(told)).order_by("id")
    yield from others.values_list("namespace", "kind", "value").iterator()
    for link_id, traits in Profile.objects.values_list("link_id", "traits").iterator():
        if link_id is not None:
            yield ("", "person", str(link_id))
        yield from (("", kind, str(traits[kind])) for kind in (EMAIL, "phone") if traits.get(kind))


def granted(subjects: Iterable[Subject], purpose: str, channel: str) -> set[Subject]:
    """Those of the subjects whose consent for this purpose and channel holds now."""
    return _holding(subjects, purpose=purpose, channel=channel, granted=True)


def may_record(subjects: Iterable[Subject], *, purpose: str, basis: str) -> set[Subject]:
    """Those of the subjects whose behaviour a source with this purpose may record.

    Where the basis is consent, only who gave it; else everybody who did not object.
    """
    if basis == Purpose.Basis.CONSENT:
        return granted(subjects, purpose, WEB)
    wanted = set(subjects)
    return wanted - _holding(wanted, purpose=purpose, channel=WEB, granted=False)


def allowed_ids(subjects: Iterable[Subject]) -> set[Subject]:
    """Those of the subjects who agreed to be recognised on the web, for whichever purpose."""
    return _holding(subjects, channel=WEB, granted=True)


def agrees(profile_id: int, purpose: str, channel: str) -> bool:
    """Whether a person allows this use of this channel, by all that was said under any name.

    Whoever is reached by a message is one person: an opt-out under one of their names (a cookie, a
    customer id, their address, what they told staff) ends the consent given under another one.
    """
    group = group_ids(profile_id)
    if Profile.objects.filter(pk__in=group, restricted=True).exists():
        return False
    subjects = {*names_of(group), *_addresses(group)}
    rows = ConsentEntry.objects.filter(**_among(subjects), purpose=purpose, channel=channel)
    said = [Said(row.decision, row.at, row.origin) for row in rows if _subject(row) in subjects]
    return bool(said) and holds(said, channel).granted


def ledger(viewer: Viewer, subjects: Iterable[Subject], limit: int = 200) -> list[ConsentEntry]:
    """What these subjects ever stated, newest first, at most `limit`."""
    viewer.require("engage.consententry.read")
    wanted = set(subjects)
    rows = ConsentEntry.objects.filter(**_among(wanted)).order_by("-at", "-id")
    return list(islice((row for row in rows.iterator() if _subject(row) in wanted), limit))


def states(subjects: Iterable[Subject]) -> list[ConsentState]:
    """All that holds now for these subjects, oldest first.

    There is no limit: a withdrawal that is left out would go on being a consent elsewhere.
    """
    wanted = set(subjects)
    rows = ConsentState.objects.filter(**_among(wanted)).order_by("id")
    return [row for row in rows if _subject(row) in wanted]


def _addresses(profile_ids: Iterable[int]) -> Iterator[Subject]:
    """The names of these people that mean the same in every shop: e-mail address, link id."""
    rows = Profile.objects.filter(pk__in=list(profile_ids)).values_list("link_id", "traits")
    for link_id, traits in rows:
        if link_id is not None:
            yield ("", "person", str(link_id))
        address = traits.get("email")
        if isinstance(address, str):
            yield from (("", "email", form) for form in (address, fold(address) or address))


def _holding(subjects: Iterable[Subject], **equal: Any) -> set[Subject]:
    """Those of the subjects with such a state; the collector asks this for every batch."""
    wanted = set(subjects)
    values = {value for _, _, value in wanted}
    rows = bulk.select(ConsentState, _SUBJECT, among=("subject", values), **equal)
    return wanted.intersection(rows)


def _among(subjects: set[Subject]) -> dict[str, set[str]]:
    """A condition that all of the subjects fulfil, and a few others with the same ids."""
    columns = zip(*subjects, strict=True) if subjects else [()] * len(_SUBJECT)
    return {f"{name}__in": set(values) for name, values in zip(_SUBJECT, columns, strict=True)}
