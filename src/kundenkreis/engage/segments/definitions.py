"""Definitions of segments: the vocabulary, and reading what is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kundenkreis.engage.segments.fields import PROFILE_FAMILIES, PROFILE_FIELDS
from kundenkreis.engage.segments.nodes.consent import HasConsentType
from kundenkreis.engage.segments.nodes.counting import NotPerformedType, PerformedType
from kundenkreis.engage.segments.nodes.last import LastPerformedType
from kundenkreis.engage.segments.nodes.membership import READ, InSegmentType
from kundenkreis.engage.segments.nodes.rfm import RfmType
from kundenkreis.engage.segments.nodes.sequence import SequenceType
from kundenkreis.engage.segments.nodes.summing import SumOfType
from kundenkreis.kernel.access import Level, Viewer
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


def words_for(viewer: Viewer) -> Vocabulary:
    """The vocabulary as somebody is told it: other segments are named as far as they may read them."""
    if viewer.level(READ) is Level.ALL:
        return PEOPLE
    known = InSegmentType(viewer)
    types = (known if isinstance(one, InSegmentType) else one for one in PEOPLE.node_types)
    return replace(PEOPLE, node_types=tuple(types), _made={})


def tree_of(definition: Any) -> Node:
    """The tree of a stored or received definition. Raises `ConditionError`."""
    return load(definition, PEOPLE)


def definition_of(tree: Node) -> dict[str, Any]:
    """The tree as it is stored."""
    return dump(tree, PEOPLE)
