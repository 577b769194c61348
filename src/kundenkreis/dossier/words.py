"""What tables are called when people are told what is kept, erased or stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import CustomerId, MarketingMembership, TimelineEntry
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
    MarketingMembership: _("Memberships of segments"),
}
REST = _("History, search, drafts and what is on its way")


# What nobody works with by itself; data protection has words for it all the same.
INNER: dict[str, StrOrPromise] = {
    "kernel.auditentry": _("Audit"),
    "kernel.auditchange": _("What the audit says of changes"),
    "kernel.removedrow": _("Bin"),
    "kernel.outboxmessage": _("Messages on their way"),
    "link.inboxmessage": _("Messages received"),
    "kernel.job": _("Background jobs"),
    "kernel.idempotencykey": _("Answers kept for repeats"),
    "kernel.searchdocument": _("Search index"),
    "kernel.indexedword": _("Index of tags"),
    "kernel.share": _("Shares"),
    "kernel.tombstone": _("Hashes of people who were erased"),
    "records.transfer": _("Imports and exports"),
    "records.merge": _("Merges"),
    "records.fileshape": _("Columns of imported files"),
    "records.bulkrun": _("Changes of many records"),
    "records.bulkfailure": _("Changes that failed"),
    "records.fieldwork": _("Work on own fields"),
    "records.mark": _("Favourites and what was viewed lately"),
    "records.savedview": _("Saved views"),
    "crm_people.sharedfacts": _("Facts shared with marketing"),
    "crm_people.contactpermission": _("Permissions and objections"),
    "crm_protection.rectifiedvalue": _("Values that were corrected"),
    "crm_people.informed": _("Whether they were told what is kept"),
    "crm_people.formerlink": _("Earlier links to marketing"),
    "crm_people.blockingkey": _("Keys of the search for duplicates"),
    "crm_people.duplicatepair": _("Possible duplicates"),
    "crm_people.location": _("Places on the map"),
    "crm_work.notice": _("Notices in the inbox"),
    "crm_work.draft": _("Drafts"),
    "crm_work.pushbrowser": _("Browsers to which news are pushed"),
    "crm_work.noticesettings": _("How staff want to be told"),
    "crm_letters.printrun": _("Letters for many"),
    "crm_letters.skipped": _("Who got no letter"),
    "crm_accounts.absence": _("Absences"),
    "mfa.authenticator": _("Second factors"),
    "socialaccount.socialaccount": _("Log-ins at the company's own provider"),
    "account.emailaddress": _("Addresses of log-ins"),
    "crm_webhooks.message": _("Messages to webhooks"),
    "crm_accounts.apitoken": _("API tokens"),
    "engage_profiles.formerholder": _("Earlier holders of cookie ids"),
    "engage_profiles.profilemerge": _("Profiles that became one"),
    "engage_profiles.profileunion": _("Profiles that staff made one"),
    "engage_segments.timer": _("When segments look again"),
    "engage_segments.recheck": _("Whom segments look at again"),
    "engage_consent.consentstate": _("What is allowed now"),
    "engage_tracking.seenmessage": _("Messages that were counted"),
    "engage_tracking.seenorder": _("Orders that were counted"),
    "engage_tracking.rejecteditem": _("Rejected items"),
    "engage_campaigns.assignment": _("Groups of campaigns"),
    "engage_campaigns.exposure": _("Offers shown"),
    "engage_campaigns.delivery": _("Deliveries"),
}


def table(model: type[Model]) -> str:
    """Any table in words."""
    label = model._meta.label_lower
    return called(model) or str(INNER.get(label) or capfirst(str(model._meta.verbose_name_plural)))


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
