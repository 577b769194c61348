"""Some records of a type that something is to be done with: picked ones, or all of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

MOST_PICKED = 500
# What an address says of how a list looks, not of which records are in it.
LOOKS = ("after", "before", "sort", "group", "fold", "row", "all")


@dataclass(frozen=True, slots=True)
class Selection:
    """Records by number, or all that a list's parameters describe.

    It names rows and grants nothing: it is resolved within the rights of whoever looks.
    """

    pks: tuple[int, ...] = ()
    query: str | None = None

    @classmethod
    def of(cls, parameters: QueryDict) -> Selection:
        """What was chosen in a list: `row` once or more, or `all` that its parameters describe.

        Raises `DomainError` for nothing.
        """
        if parameters.get("all"):
            found = parameters.copy()
            for name in LOOKS:
                found.pop(name, None)
            return cls(query=found.urlencode())
        pks = {pk for text in parameters.getlist("row") if (pk := whole(text)) is not None}
        if not pks or len(pks) > MOST_PICKED:
            raise DomainError(
                _("Choose some records first."),
                _("Up to %(n)s can be picked one by one.") % {"n": MOST_PICKED},
                _("Tick their boxes, or narrow the list and choose all that match."),
            )
        return cls(tuple(sorted(pks)))

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Selection:
        """The same, from what `plain` gave."""
        return cls(tuple(plain.get("pks", ())), plain.get("query"))

    @property
    def plain(self) -> dict[str, Any]:
        return {"query": self.query} if self.query is not None else {"pks": list(self.pks)}

    def rows(self, kind: RecordType, viewer: Viewer) -> QuerySet[Any]:
        """Those of the records that the viewer may read, as they are now.

        Raises `DomainError` for conditions that cannot be understood: they would leave all in.
        """
        if self.query is None:
            return kind.rows(viewer).filter(pk__in=self.pks)
        rows, filters = narrowed(kind, viewer, QueryDict(self.query), "")
        filters.require_all()
        return rows

    def count(self, kind: RecordType, viewer: Viewer) -> int:
        """How many there are, exactly."""
        return self.rows(kind, viewer).order_by().count()

    def after(self, kind: RecordType, viewer: Viewer, last: int, limit: int) -> list[int]:
        """The keys of the next ones, in the order of keys."""
        rows = self.rows(kind, viewer).filter(pk__gt=last)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
