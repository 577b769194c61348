"""What tables are called when people are told what is kept, erased or stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import CustomerId, TimelineEntry
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.segments.models import Membership
from kundenkreis.records import registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CALLED: dict[type[Model], StrOrPromise] = {
    TimelineEntry: _("Entries of the timeline"),
    CustomerId: _("Customer ids of shops"),
    Identifier: _("Cookie and customer ids"),
    Membership: _("Memberships of segments"),
}
REST = _("History, search, drafts and what is on its way")


def called(model: type[Model]) -> str:
    """A table in the words of staff; "" for one of which nobody has heard."""
    if model in CALLED:
        return str(CALLED[model])
    kind = registry.of_model(model)
    if kind is not None:
        return kind.title
    named = "verbose_name_plural" in model._meta.original_attrs
    return capfirst(str(model._meta.verbose_name_plural)) if named else ""


def grouped(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rows per table (`crm_people.person`) in words, what nobody has heard of together at the end."""
    found: dict[str, int] = {}
    rest = 0
    for label, count in counts.items():
        name = called(apps.get_model(label))
        if name:
            found[name] = found.get(name, 0) + count
        else:
            rest += count
    told = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [*told, (str(REST), rest)] if rest else told
