"""Definitions of segments: the vocabulary, and reading what is stored."""

from __future__ import annotations

from typing import Any

from kundenkreis.engage.segments.fields import PROFILE_FAMILIES, PROFILE_FIELDS
from kundenkreis.engage.segments.nodes.consent import HasConsentType
from kundenkreis.engage.segments.nodes.counting import NotPerformedType, PerformedType
from kundenkreis.engage.segments.nodes.last import LastPerformedType
from kundenkreis.engage.segments.nodes.membership import InSegmentType
from kundenkreis.engage.segments.nodes.rfm import RfmType
from kundenkreis.engage.segments.nodes.sequence import SequenceType
from kundenkreis.engage.segments.nodes.summing import SumOfType
from kundenkreis.kernel.conditions import Node, Vocabulary, dump, load

PEOPLE = Vocabulary(
    "engage.profile",
    PROFILE_FIELDS,
    PROFILE_FAMILIES,
    (
        PerformedType(),
        NotPerformedType(),
        SequenceType(),
        LastPerformedType(),
        SumOfType(),
        RfmType(),
        InSegmentType(),
        HasConsentType(),
    ),
)


def tree_of(definition: Any) -> Node:
    """The tree of a stored or received definition. Raises `ConditionError`."""
    return load(definition, PEOPLE)


def definition_of(tree: Node) -> dict[str, Any]:
    """The tree as it is stored."""
    return dump(tree, PEOPLE)
