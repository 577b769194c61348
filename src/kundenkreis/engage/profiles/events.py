"""What happens to profiles, and what they touched on their way to becoming customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProfileLinked:
    """A profile got the id by which both sides know the person, its own or by being merged.

    Every engage context answers by publishing what it knew about this profile (and those merged
    into it) before, as touchpoints. Their keys make a repeat count once.
    """

    profile_id: int
    link_id: UUID


@dataclass(frozen=True, slots=True)
class ProfilesMerged:
    """An anonymous profile turned out to be somebody who was known already."""

    absorbed_id: int
    canonical_id: int


@dataclass(frozen=True, slots=True)
class ProfilesIdentified:
    """Who these people are is different now: they are new, are known now, or another identifier
    names them."""

    profile_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TraitsChanged:
    """What these people, or the shop about them, said is different now."""

    profile_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FactsReceived:
    """What the crm says about these people is different now."""

    profile_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProfilesForgotten:
    """These people were not seen for so long that nothing is known of them any more."""

    profile_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A step of a linked person, for the customer's timeline.

    `kind`: cart, visit, exposure, control, offer_clicked, consent …; `reference` names the row it
    is about; `key` is globally unique, so that a repeat counts once.
    """

    CROSSES: ClassVar[bool] = True
    KEY: ClassVar[str] = "link_id"

    link_id: UUID
    kind: str
    at: datetime
    reference: str
    payload: dict[str, Any]
    key: str
