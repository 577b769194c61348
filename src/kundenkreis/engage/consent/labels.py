"""Purposes and channels of consent in the words people use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.consent.queries import EMAIL, WEB
from kundenkreis.kernel.text import readable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CHANNELS: Mapping[str, StrOrPromise] = {
    WEB: pgettext_lazy("channel", "Website"),
    EMAIL: _("E-mail"),
    "phone": _("Phone"),
    "post": _("Post"),
}


def channel_label(channel: str) -> StrOrPromise:
    """What a channel is called."""
    return CHANNELS.get(channel) or readable(channel)


def purpose_labels() -> dict[str, str]:
    """The company's own words for each purpose, by its short name."""
    return {one.slug: str(one) for one in Purpose.objects.order_by("slug")[:100]}
