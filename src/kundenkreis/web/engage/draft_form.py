"""The whole page of a draft: its settings, and a part for each of its offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.panels import offered
from kundenkreis.engage.campaigns.variants import FIRST, SLUGS, VariantValues
from kundenkreis.ui import formats
from kundenkreis.web.engage.campaign_form import CampaignForm, control_percent, initial
from kundenkreis.web.engage.variant_form import VariantForm, initial_of, typed_number

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.engage.campaigns.models import Campaign

Segments = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of all people a group gets; `field` is the input that says so, for the browser."""

    title: str
    field: str
    percent: str


@dataclass(frozen=True, slots=True)
class DraftForm:
    """What is filled in and sent as one; nothing is saved when offers are added or taken away."""

    settings: CampaignForm
    variants: list[VariantForm]

    @property
    def several(self) -> bool:
        return len(self.variants) > 1

    @property
    def full(self) -> bool:
        """Whether there can be no more offers."""
        return len(self.variants) == len(SLUGS)

    def parts(self) -> list[tuple[str, VariantForm]]:
        """The offers with their headings; the only one needs no name."""
        several = self.several
        return [(form.title if several else _("What is shown"), form) for form in self.variants]

    def is_valid(self) -> bool:
        """Whether all of it can be saved; every part says what is wrong with it."""
        good = [form.is_valid() for form in (self.settings, *self.variants)]
        return all(good) and self._named_apart()

    def wrong(self) -> bool:
        """Whether it was sent with something that cannot be saved."""
        return any(form.is_bound and form.errors for form in (self.settings, *self.variants))

    def values(self) -> list[VariantValues]:
        return [form.values() for form in self.variants]

    def shares(self) -> list[Share]:
        """What every group gets by what stands in the form now, control group last."""
        control = typed_number(self.settings["control_percent"], 100, otherwise=0) / 100
        total = sum(form.typed_weight() for form in self.variants) or 1
        shares = [
            (form.title, form.add_prefix("weight"), (1 - control) * form.typed_weight() / total)
            for form in self.variants
        ]
        shares.append((_("Control group"), "control_percent", control))
        return [Share(title, field, formats.percent(share, 1)) for title, field, share in shares]

    def _named_apart(self) -> bool:
        """Whether a report could tell the groups apart by their names."""
        names = Counter(form.title.casefold() for form in self.variants)
        same = [form for form in self.variants if names[form.title.casefold()] > 1]
        for form in same[1:]:
            form.add_error("label_de", _("Another group has this name already."))
        return not same


def empty(segments: Segments) -> DraftForm:
    """A draft that is still to be made: one offer beside the control group."""
    return DraftForm(CampaignForm(segments=segments), [VariantForm(slug=FIRST)])


def stored(campaign: Campaign, segments: Segments) -> DraftForm:
    """A draft as it was saved."""
    control = control_percent(campaign)
    return DraftForm(
        CampaignForm(initial=initial(campaign), segments=segments),
        [
            VariantForm(slug=variant.slug, initial=initial_of(variant, control))
            for variant in offered(campaign)
        ],
    )


def sent(data: QueryDict, segments: Segments) -> DraftForm:
    """A draft as it was filled in and sent to be saved."""
    return DraftForm(
        CampaignForm(data, segments=segments),
        [VariantForm(data, slug=slug) for slug in _slugs(data)],
    )


def rearranged(data: QueryDict, segments: Segments) -> DraftForm | None:
    """What was typed with one offer more or less; None when it was sent to be saved."""
    slugs = _slugs(data)
    if "add" in data:
        slugs += [slug for slug in SLUGS if slug not in slugs][:1]
    elif "drop" in data:
        slugs = [slug for slug in slugs if slug != data["drop"]] or slugs
    else:
        return None
    return DraftForm(CampaignForm(initial=data.dict(), segments=segments), _typed(data, slugs))


def _typed(data: QueryDict, slugs: Sequence[str]) -> list[VariantForm]:
    forms = []
    for slug in slugs:
        form = VariantForm(slug=slug)
        names = {name: form.add_prefix(name) for name in form.fields}
        form.initial = {name: data[said] for name, said in names.items() if said in data}
        forms.append(form)
    return forms


def _slugs(data: QueryDict) -> list[str]:
    """Which offers the page had, each once and in its order."""
    return [slug for slug in dict.fromkeys(data.getlist("variant")) if slug in SLUGS] or [FIRST]
