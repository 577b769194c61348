"""The form of a campaign: for whom, and how measured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.panels import control_share
from kundenkreis.web.shell.versions import VersionedForm

MEASURED = ("control_percent", "window_days", "currency", "horizon")
CURRENCIES = [(code, code) for code in ("EUR", "CHF", "GBP", "USD")]


class CampaignForm(VersionedForm):
    """Values in the user's terms: days and percent."""

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

    def __init__(self, *args: Any, segments: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment_id"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("Choose a segment")), *segments]

    def measured(self) -> list[forms.BoundField]:
        """The fields about people and measurement."""
        return [self[name] for name in ("name", "segment_id", *MEASURED)]

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
    return {
        "version": campaign.version,
        "name": campaign.name,
        "segment_id": campaign.segment_id,
        "control_percent": control_percent(campaign),
        "window_days": campaign.window_hours // 24,
        "currency": campaign.currency,
        "horizon": campaign.horizon,
    }


def control_percent(campaign: Campaign) -> int:
    """The control group's share as it was typed."""
    return round(100 * (control_share(campaign) or 0))
