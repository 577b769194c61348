"""Conditions on related records: persons whose organisation is of an industry, say.

True of a record when at least one of its related records, of those the viewer may read, fulfils
all that is asked. One step far: what is asked of those is about their own fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import conditions
from kundenkreis.kernel.conditions import Compare, Field, Kind, Node, Vocabulary, describe, sentence
from kundenkreis.kernel.conditions.memory import evaluate, holds
from kundenkreis.kernel.conditions.sql import NEVER
from kundenkreis.records.registry import of_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.kernel.conditions import Moment, Reader
    from kundenkreis.records.declaration import RecordType


BY_NUMBER = Field("id", Kind.NUMBER, _("Number"), lambda record: record.pk, F("pk"))


@dataclass(frozen=True, slots=True)
class Related(Node):
    """True when a related record fulfils a condition; `node_type` names the relation."""

    node_type: str
    where: Node


@dataclass(frozen=True)
class Relation:
    """One way from a type to related records, as a node type of conditions (`NodeType`)."""

    kind: str
    label: StrOrPromise
    path: str
    of: RecordType
    other: RecordType
    viewer: Viewer
    words: Callable[[RecordType, Viewer], Vocabulary]

    node = Related

    @property
    def vocabulary(self) -> Vocabulary:
        """What may be asked of the related records; by their number, pages lead to all of one."""
        words = self.words(self.other, self.viewer)
        return replace(words, fields=(*words.fields, BY_NUMBER))

    def load(self, reader: Reader) -> Related:
        return Related(self.kind, reader.node("where", self.vocabulary))

    def dump(self, node: Related) -> dict[str, Any]:
        return {"where": conditions.dump_node(node.where, self.vocabulary)}

    def holds(self, node: Related, facts: Any, moment: Moment) -> bool:
        return any(
            holds(node.where, self.vocabulary, one, moment) for one in self._records_of(facts)
        )

    def next_change(self, node: Related, facts: Any, moment: Moment) -> datetime | None:
        records = self._records_of(facts)
        times = [evaluate(node.where, self.vocabulary, one, moment)[1] for one in records]
        return min((time for time in times if time is not None), default=None)

    def q(self, node: Related, moment: Moment) -> Q:
        found = conditions.node_q(node.where, self.vocabulary, moment)
        related = self.other.rows(self.viewer).filter(found).order_by().values("pk")
        rows = self.of.model._default_manager.filter(**{f"{self.path}__in": related})
        return Q(pk__in=rows.order_by().values("pk"))

    def pending(self, node: Related, moment: Moment) -> Q:
        return ~NEVER  # what others will be like some day is not looked up

    def say(self, node: Related) -> str:
        where = node.where
        if isinstance(where, Compare) and (where.field, where.op) == (BY_NUMBER.name, "is"):
            found = self.other.rows(self.viewer).filter(pk=int(where.value)).first()
            return f"{self.label}: {found or f'#{where.value}'}"
        return f"{self.label}: {sentence(where, self.vocabulary)}"

    def actual(self, node: Related, facts: Any, moment: Moment) -> str:
        return ", ".join(str(one) for one in self._records_of(facts)[:3])

    def inputs(self) -> list[dict[str, Any]]:
        words = described(self.vocabulary)
        return [{"name": "where", "kind": "tree", "label": str(self.label), "vocabulary": words}]

    def _records_of(self, record: Any) -> QuerySet[Any]:
        own = self.of.model._default_manager.filter(pk=record.pk)
        return self.other.rows(self.viewer).filter(pk__in=own.values(self.path))


def of_one(relation: Relation, pk: int) -> Related:
    """The condition that one record is among the related ones."""
    return Related(relation.kind, Compare(BY_NUMBER.name, "is", Decimal(pk)))


def described(vocabulary: Vocabulary) -> dict[str, Any]:
    """What the builder of conditions offers; a reference without choices could only be asked for
    by its number."""
    words = describe(vocabulary)
    fields = words["fields"]
    words["fields"] = [one for one in fields if one["kind"] != "reference" or one.get("choices")]
    return words


def relations(
    kind: RecordType, viewer: Viewer, words: Callable[[RecordType, Viewer], Vocabulary]
) -> tuple[Relation, ...]:
    """The ways to related records that the viewer may know of; `words` makes their vocabularies."""
    found = [one for one in _paths(kind, viewer) if viewer.may(one[-1].right("read"))]
    often = Counter(label for _path, label, _by, _other in found)
    return tuple(
        Relation(
            f"related.{path}", format_lazy("{}: {}", label, by) if often[label] > 1 else label,
            path, kind, other, viewer, words,
        )
        for path, label, by, other in found
    )  # fmt: skip


def _paths(
    kind: RecordType, viewer: Viewer
) -> Iterator[tuple[str, StrOrPromise, StrOrPromise, RecordType]]:
    """Where conditions lead: by what, what that is called, by which of several, to which type."""
    for column in kind.model._meta.fields:
        related = column.related_model
        other = of_model(related if isinstance(related, type) else None)
        if other is not None and kind.sees(viewer, column.name):
            yield column.name, column.verbose_name, other.title, other
    for back in kind.model._meta.related_objects:
        holder: Any = back.related_model
        other = of_model(holder)
        if other is not None and other.sees(viewer, back.field.name):
            yield back.name, other.title, back.field.verbose_name, other
        elif other is None:
            for column, other in joined(holder, back.field):
                if kind.sees(viewer, column.name) and other.sees(viewer, back.field.name):
                    by = format_lazy(
                        "{} ({})", holder._meta.verbose_name_plural, column.verbose_name
                    )
                    yield f"{back.name}__{column.name}", other.title, by, other


def joined(holder: Any, here: Any) -> Iterator[tuple[Any, RecordType]]:
    """What rows that join two types join one with, such as persons with where they work: rows
    that cannot be without one of them."""
    for column in holder._meta.fields:
        other = of_model(column.related_model) if column is not here else None
        if other is not None and not (here.null and column.null):
            yield column, other
