"""The form of one offer of a campaign: what it is called, what it weighs, what it shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns.models import Variant
from kundenkreis.engage.campaigns.panels import TEXTS
from kundenkreis.engage.campaigns.variants import (
    FIRST,
    MOST_WEIGHT,
    VariantValues,
    default_label,
)
from kundenkreis.kernel.fields import LANGUAGES, translated

GROUP = ("label_de", "label_en", "weight")


class VariantForm(forms.Form):
    """One field per language. The names of the first offer's fields have no prefix."""

    label_de = forms.CharField(label=_("Name of the group (German)"), max_length=60, required=False)
    label_en = forms.CharField(
        label=_("Name of the group (English)"), max_length=60, required=False
    )
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=1,
        max_value=MOST_WEIGHT,
        required=False,
        help_text=_("Beside the other offers: with 2 twice as many people see it as with 1."),
    )
    title_de = forms.CharField(label=_("Title (German)"), max_length=80)
    title_en = forms.CharField(label=_("Title (English)"), max_length=80, required=False)
    text_de = forms.CharField(
        label=_("Text (German)"), max_length=400, widget=forms.Textarea({"rows": 3}), required=False
    )
    text_en = forms.CharField(
        label=_("Text (English)"),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )
    button_de = forms.CharField(label=_("Button (German)"), max_length=40, required=False)
    button_en = forms.CharField(label=_("Button (English)"), max_length=40, required=False)
    url = forms.CharField(
        label=_("Target of the button"),
        max_length=300,
        required=False,
        help_text=_("An address on your site; empty closes the offer."),
    )
    voucher = forms.CharField(label=_("Voucher code"), max_length=60, required=False)
    legal_de = forms.CharField(
        label=_("Legal hint (German)"),
        max_length=300,
        required=False,
        help_text=_("Personalised prices must be announced (Art. 246a § 1 EGBGB)."),
    )
    legal_en = forms.CharField(label=_("Legal hint (English)"), max_length=300, required=False)

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        kwargs["prefix"] = None if slug == FIRST else slug
        super().__init__(*args, **kwargs)
        self.slug = slug
        names = default_label(slug)
        for name in ("label_de", "label_en"):
            self.fields[name].initial = names[name[-2:]]
        self.fields["weight"].initial = 1

    @property
    def title(self) -> str:
        """What the offer is called right now, in the viewer's language."""
        typed = {code: str(self[f"label_{code}"].value() or "") for code in LANGUAGES}
        names = {code: text for code, text in typed.items() if text} or default_label(self.slug)
        return translated(names, get_language() or LANGUAGES[0])

    def group(self) -> list[forms.BoundField]:
        """The fields that only matter beside other offers."""
        return [self[name] for name in GROUP]

    def shown(self) -> list[forms.BoundField]:
        """The fields about what visitors see, German and English side by side."""
        return [field for field in self if field.name not in GROUP]

    def typed_weight(self) -> int:
        """What the weight is right now, were it a number or not."""
        return typed_number(self["weight"], MOST_WEIGHT, otherwise=1)

    def values(self) -> VariantValues:
        """The offer with its texts by language."""
        clean = self.cleaned_data
        texts = {
            name: {code: clean[f"{name}_{code}"] for code in LANGUAGES if clean[f"{name}_{code}"]}
            for name in ("label", *TEXTS)
        }
        usual = default_label(self.slug)
        # Named in one language, it is called so in the other one, too.
        named = {code: text for code, text in texts.pop("label").items() if text != usual[code]}
        label = named or usual
        offer = {**texts, "url": clean["url"], "voucher": clean["voucher"]}
        return VariantValues(self.slug, label, clean["weight"] or 1, offer)


def typed_number(field: forms.BoundField, most: int, *, otherwise: int) -> int:
    """What stands in a field while it is typed: a number up to the `most`, 0 if it is none."""
    text = str(field.value() or otherwise)
    if not (text.isascii() and text.isdigit()):
        return 0
    return int(text) if len(text) < 10 and int(text) < most else most


def initial_of(variant: Variant, control_percent: int) -> dict[str, Any]:
    """A stored variant as its form's values."""
    weight = max(1, variant.weight // max(1, 100 - control_percent))
    values = {f"label_{code}": variant.label.get(code, "") for code in LANGUAGES}
    values |= {"weight": weight}
    offer = getattr(variant, "offer", None)
    if offer is not None:
        values |= {"url": offer.url, "voucher": offer.voucher}
        for name in TEXTS:
            texts = getattr(offer, name)
            values |= {f"{name}_{code}": texts.get(code, "") for code in LANGUAGES}
    return values
