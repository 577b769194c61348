"""The offers of a draft: which there are, what each weighs beside the others, what each shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns.errors import UnfitVariants
from kundenkreis.engage.campaigns.models import Campaign, Offer, Variant
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.fields import translated

OFFER_FIELDS = ("title", "text", "button", "url", "voucher", "legal")
FIRST = "offer"
SLUGS = (FIRST, "b", "c", "d", "e")  # more groups than that are too small to tell apart
MOST_WEIGHT = 50
CONTROL = {"de": "Kontrollgruppe", "en": "Control group"}


@dataclass(frozen=True, slots=True)
class VariantValues:
    """What one offer of a draft shall be. `slug`, one of `SLUGS`, says which of them it is.

    `weight` (1 to 50) is its part of what the control group leaves, beside the other offers.
    """

    slug: str = FIRST
    label: Mapping[str, str] = field(default_factory=dict)
    weight: int = 1
    offer: Mapping[str, Any] = field(default_factory=dict)


def default_label(slug: str) -> dict[str, str]:
    """What an offer is called until somebody names it: A has no letter while it is alone."""
    letter = "" if slug == FIRST else f" {slug.upper()}"
    return {"de": f"Aktion{letter}", "en": f"Offer{letter}"}


def names_of(variants: Iterable[Variant], language: str | None = None) -> dict[str, str]:
    """What groups are called, by their short names; two of the same name are told apart."""
    names: dict[str, str] = {}
    for variant in variants:
        name = translated(variant.label, language) or variant.slug
        while name in names.values():
            name = f"{name} ({variant.slug})"
        names[variant.slug] = name
    return names


def settle(
    actor: Actor, campaign: Campaign, wanted: Sequence[VariantValues], control_percent: int
) -> bool:
    """Make a locked draft have exactly these offers and a control group of 1 to 99 %.

    Only what differs is written; tells whether anything did. Raises `UnfitVariants`.
    """
    _require_fit(wanted)
    share = min(99, max(1, control_percent))
    there = {
        variant.slug: variant
        for variant in store.rows(Variant).filter(campaign=campaign).select_for_update()
    }
    kept = {one.slug for one in wanted}
    gone = [one for slug, one in there.items() if slug not in kept and not one.is_control]
    for variant in gone:
        store.remove(actor, variant)
    changed = bool(gone)
    for one in wanted:
        changed |= _settle_one(actor, campaign, there.get(one.slug), one, 100 - share)
    # Whole numbers, so that the shares are exact however many offers divide the rest.
    weight = share * sum(one.weight for one in wanted)
    control = next((one for one in there.values() if one.is_control), None)
    if control is not None:
        return store.change(actor, control, weight=weight) or changed
    values: dict[str, Any] = {
        "slug": "control",
        "label": CONTROL,
        "weight": weight,
        "is_control": True,
    }
    store.create(actor, Variant, campaign=campaign, **values)
    return True


def _settle_one(
    actor: Actor, campaign: Campaign, variant: Variant | None, wanted: VariantValues, rest: int
) -> bool:
    values: dict[str, Any] = {"weight": wanted.weight * rest}
    if wanted.label or variant is None:
        values["label"] = dict(wanted.label) or default_label(wanted.slug)
    shown = {name: wanted.offer[name] for name in OFFER_FIELDS if name in wanted.offer}
    if variant is None:
        made = store.create(actor, Variant, campaign=campaign, slug=wanted.slug, **values)
        store.create(actor, Offer, variant=made, **shown)
        return True
    changed = store.change(actor, variant, **values)
    offer = store.rows(Offer).select_for_update().get(variant=variant)
    return store.change(actor, offer, **shown) or changed


def _require_fit(wanted: Sequence[VariantValues]) -> None:
    slugs = [one.slug for one in wanted]
    if not slugs:
        raise UnfitVariants(_("It needs at least one offer beside the control group."))
    if len(set(slugs)) != len(slugs) or not set(slugs) <= set(SLUGS):
        raise UnfitVariants(_("It can have five offers beside the control group, each once."))
    if any(not 1 <= one.weight <= MOST_WEIGHT for one in wanted):
        raise UnfitVariants(_("The weight of an offer is a whole number from 1 to 50."))
