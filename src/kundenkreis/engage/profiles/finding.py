"""By what people are found: what they said of themselves, and the names they go by.

Only whoever said something has a search document, most visitors have none; cookie and customer ids
are looked up where they are kept. Traits come set-based, past the record engine, so their documents
are written here. All functions that write need a unit of work in progress.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.kernel import bulk, search
from kundenkreis.kernel.sides import Side

KIND = "profile"
TRAITS = (
    "name", "first_name", "last_name", "email", "phone", "company", "customer_number", "username",
)  # fmt: skip


def keep(profile_ids: Collection[int]) -> None:
    """Write the documents of these people anew."""
    wanted = sorted(profile_ids)
    search.hold(KIND, wanted)
    found = list(_documents(wanted))
    search.keep(found)
    gone = {*wanted} - {one.row for one in found}
    if gone:
        forget(gone)


def forget(profile_ids: Collection[int]) -> None:
    search.forget(Side.ENGAGE, KIND, profile_ids)


def called(name: str) -> QuerySet[Identifier, int]:
    """The numbers of the profiles that go by exactly this name."""
    return Identifier.objects.filter(value=name).values_list("profile_id", flat=True)


def _documents(profile_ids: Collection[int]) -> Iterator[search.Document]:
    columns = ("id", "traits", "owner_id", "team_id", "canonical_id")
    for pk, traits, owner_id, team_id, merged in bulk.select(
        Profile, columns, among=("id", profile_ids)
    ):
        texts = [text for name in TRAITS for text in search.said(traits.get(name))]
        if texts and merged is None:
            name = str(Profile(pk=pk, traits=traits))
            yield search.Document(KIND, pk, name, texts, (), owner_id, team_id)
