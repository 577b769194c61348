"""The form of a campaign: for whom, how measured, and what is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.panels import TEXTS, control_share, first_offer
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.web.shell.versions import VersionedForm

MEASURED = ("control_percent", "window_days", "currency", "horizon")
CURRENCIES = [(code, code) for code in ("EUR", "CHF", "GBP", "USD")]


class CampaignForm(VersionedForm):
    """Values in the user's terms: days, percent, one field per language."""

    name = forms.CharField(label=_("Name"), max_length=120)
    segment_id = forms.TypedChoiceField(
        label=_("Segment"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Who gets the offer: everybody who is in the segment at that moment."),
    )
    control_percent = forms.IntegerField(
        label=_("Control group (%)"),
        min_value=1,
        max_value=90,
        initial=50,
        help_text=_("They do not see the offer, in no channel. Half gives the quickest answer."),
    )
    window_days = forms.IntegerField(
        label=_("Orders count for (days)"), min_value=1, max_value=90, initial=7
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    horizon = forms.IntegerField(
        label=_("Read once, after so many people per group"),
        min_value=100,
        max_value=10_000_000,
        required=False,
        help_text=_("Only if you settle it now: one look, which needs fewer people. Empty: look as often as you like."),
    )  # fmt: skip
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

    def __init__(self, *args: Any, segments: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment_id"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("Choose a segment")), *segments]

    def measured(self) -> list[forms.BoundField]:
        """The fields about people and measurement."""
        return [self[name] for name in ("name", "segment_id", *MEASURED)]

    def shown(self) -> list[forms.BoundField]:
        """The fields about what visitors see, German and English side by side."""
        others = ("version", "name", "segment_id", *MEASURED)
        return [field for field in self if field.name not in others]

    def offer(self) -> dict[str, Any]:
        """The offer's values with its texts by language."""
        clean = self.cleaned_data
        texts = {
            name: {code: clean[f"{name}_{code}"] for code in LANGUAGES if clean[f"{name}_{code}"]}
            for name in TEXTS
        }
        return {**texts, "url": clean["url"], "voucher": clean["voucher"]}

    def settings(self) -> dict[str, Any]:
        """The campaign's own values."""
        clean = self.cleaned_data
        return {
            "name": clean["name"],
            "segment_id": clean["segment_id"],
            "window_hours": clean["window_days"] * 24,
            "currency": clean["currency"],
            "horizon": clean["horizon"],
        }


def initial(campaign: Campaign) -> dict[str, Any]:
    """A stored campaign as the form's values."""
    values: dict[str, Any] = {
        "version": campaign.version,
        "name": campaign.name,
        "segment_id": campaign.segment_id,
        "control_percent": round(100 * (control_share(campaign) or 0)),
        "window_days": campaign.window_hours // 24,
        "currency": campaign.currency,
        "horizon": campaign.horizon,
    }
    offer = first_offer(campaign)
    if offer is not None:
        values |= {"url": offer.url, "voucher": offer.voucher}
        for name in TEXTS:
            texts = getattr(offer, name)
            values |= {f"{name}_{code}": texts.get(code, "") for code in LANGUAGES}
    return values
