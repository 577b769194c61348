"""Rows that only whoever has one more right finds, whatever leads to them: lists, searches, counts,
and relations of other records."""

from __future__ import annotations

from typing import Protocol

from django.db.models import Model, Q

# By model: the right that finds all rows, and what holds of those that everybody finds.
SECLUDED: dict[type[Model], tuple[str, Q]] = {}


class _MayBe(Protocol):
    def may(self, right: str) -> bool: ...


def seclude(model: type[Model], right: str, others: Q) -> None:
    """Say that without a right only those `others` of a model's rows are found."""
    SECLUDED[model] = (right, others)


def outside(viewer: _MayBe, model: type[Model]) -> Q:
    """What must hold of a model's rows so that the viewer finds them; nothing for most."""
    right, others = SECLUDED.get(model, ("", Q()))
    return Q() if not right or viewer.may(right) else others


def finds_all(viewer: _MayBe) -> bool:
    """Whether nothing at all is secluded from the viewer."""
    return not any(outside(viewer, model) for model in SECLUDED)
