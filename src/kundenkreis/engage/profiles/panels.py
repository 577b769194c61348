"""What the pages of profiles show: cells and panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.profiles import queries
from kundenkreis.engage.profiles.labels import fact_label, trait_label
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.conditions.wording import plain
from kundenkreis.kernel.json_values import DATE
from kundenkreis.kernel.money import CURRENCY, Money
from kundenkreis.records import Tag
from kundenkreis.records.page.once import once
from kundenkreis.ui import formats, parts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _group_ids(viewer: Viewer, profile: Profile) -> list[int]:
    return queries.group_ids(profile.pk)


group = once(_group_ids)


def known_text(profile: Profile) -> str:
    return str(_("known") if profile.known else _("anonymous"))


def known_tag(profile: Profile) -> SafeString:
    return parts.tag(known_text(profile), "blue" if profile.known else "")


def linked_text(profile: Profile) -> str:
    return str(_("linked")) if profile.link_id else ""


def linked_tag(profile: Profile) -> SafeString | str:
    return parts.tag(linked_text(profile), "green") if profile.link_id else ""


def profile_tags(profile: Profile) -> Iterable[Tag]:
    yield Tag(known_text(profile), "blue" if profile.known else "")


def said(profile: Profile) -> str:
    """What a person is best recognised by, below their name."""
    return str(profile.traits.get("email") or profile.traits.get("customer_number") or "")


def identifiers_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any]:
    """The names the person goes by, under every profile they had."""
    names = queries.identifiers(group(viewer, profile))
    return {"lines": [(one.get_kind_display(), one.value) for one in names]}


def traits_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """What they or the shop said."""
    lines = [(trait_label(name), plain(value)) for name, value in profile.traits.items()]
    return {"lines": lines} if lines else None


def facts_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """What the crm told; the revenue's currency stands beside its amount."""
    values = {name: fact.get("value") for name, fact in profile.facts.items()}
    if isinstance(minor := values.get("revenue_minor"), int):
        values["revenue_minor"] = Money(minor, str(values.pop("currency", "") or CURRENCY))
    known = [(name, value) for name, value in values.items() if value not in (None, "")]
    lines = [(_fact_label(name), _fact(value)) for name, value in known]
    return {"lines": lines} if lines else None


def _fact_label(name: str) -> StrOrPromise:
    return _("Net revenue") if name == "revenue_minor" else fact_label(name)


def _fact(value: Any) -> str:
    if isinstance(value, Money):
        return formats.money(value)
    if isinstance(value, str) and DATE.fullmatch(value):
        return formats.day(date.fromisoformat(value))
    return plain(value)
