"""Which variant somebody is in: a salted hash over their id, cut by the variants' weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from kundenkreis.engage.campaigns.events import VariantAssigned
from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.kernel import clock


class Weighted(Protocol):
    """Anything with a whole, non-negative weight."""

    @property
    def weight(self) -> int: ...


def choose[V: Weighted](variants: Sequence[V], *, salt: str, subject: int | str) -> V:
    """The variant of a subject: uniform over the weights, the same for the same salt.

    SHA-256 of salt and subject, its first 64 bits as a fraction of 2**64, placed on the line of
    the cumulated weights. Raises `ValueError` when no variant has a weight.
    """
    total = sum(variant.weight for variant in variants)
    if total <= 0:
        raise ValueError("no variant has a weight")
    digest = hashlib.sha256(f"{salt}:{subject}".encode()).digest()
    point = int.from_bytes(digest[:8]) * total // 2**64
    for variant in variants:
        point -= variant.weight
        if point < 0:
            return variant
    raise AssertionError("the point lies below the total weight")


def draw(campaign: Campaign, profile_id: int) -> VariantAssigned:
    """The variant a profile gets at its first decision; the same as often as it is drawn.

    A running campaign's variants, weights and salt stay as they are.
    """
    variants = sorted(campaign.variants.all(), key=lambda variant: variant.pk)
    chosen = choose(variants, salt=campaign.salt, subject=profile_id)
    return VariantAssigned(campaign.pk, profile_id, chosen.pk, clock.now())
