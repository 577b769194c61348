"""The words of the privacy maps, so that they can be translated; a test compares both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PURPOSES: tuple[StrOrPromise, ...] = (
    _("access of programs on behalf of staff"),
    _("accountability, GDPR Art. 5(2)"),
    _("advice that fits the person"),
    _("answering what people ask for by their rights, and proof of it"),
    _("business letters that must be kept"),
    _("business with the organisation"),
    _("business with the person"),
    _("care for business contacts"),
    _("carrying out the order; duty to keep business records"),
    _("carrying what one side must tell the other"),
    _("choosing whom an action is for"),
    _("counting a repeated message once"),
    _("counting a repeated order once"),
    _("customer facts, each for its own purpose"),
    _("delivery of events"),
    _("fields the company defines itself"),
    _("finding again what one works on"),
    _("finding faults in a shop's reports"),
    _("finding records by their tags"),
    _("finding records by what they say"),
    _("finding who is there twice"),
    _("keeping the membership true as time goes on"),
    _("knowing how a customer buys beside others"),
    _("knowing whether somebody is there already"),
    _("knowing who does what in an organisation"),
    _("knowing who stands how to whom, such as who recommended us"),
    _("knowing whose an order is"),
    _("log-in of staff, employment contract"),
    _("looking at lists in a way of one's own"),
    _("measuring the effect of offers against a control group"),
    _("moving records between files and the company's own tables"),
    _("naming the data protection officer, GDPR Art. 30(1)"),
    _("not bringing back who was erased"),
    _("not losing what is being written"),
    _("not using what must be kept but not used"),
    _("one effect per request"),
    _("one person on both sides, without their address as a key"),
    _("one view of what happened with a customer"),
    _("one view of what was done with a customer and what is to be done"),
    _("parting records again that are not the same"),
    _("parting two people again whom staff made one"),
    _("planning of work by staff"),
    _("preparing a sale"),
    _("printing for many at once"),
    _("proof and respect of permissions"),
    _("proof of consent, GDPR Art. 7(1)"),
    _("proof that a value was corrected"),
    _("proof that people were told what is kept of them"),
    _("proof that somebody was erased, and of what had to stay"),
    _("reaching a business contact"),
    _("recognising a visitor or customer"),
    _("respect of what was allowed"),
    _("responsibility among staff"),
    _("sending at most once, and never to the control group"),
    _("sorting records by words of the company's own"),
    _("sparing staff to say twice which column is which"),
    _("telling how a change of many records went"),
    _("telling people what is kept of them, and proof of it"),
    _("telling staff what concerns them"),
    _("telling the company's other systems what changed"),
    _("telling who got no letter, and why"),
    _("the person's own settings of the screen"),
    _("understanding visits and showing offers that fit"),
    _("undoing a deletion"),
    _("visits, territories and letters by region"),
    _("what a business letter must say of its sender"),
    _("what marketing may use of orders, per purpose"),
    _("what the person or the shop said about them"),
    _("who among staff may work with a record"),
    _("why two profiles became one, and how to undo it"),
    _("work to be done later"),
)
_BUT: tuple[StrOrPromise, ...] = (
    _("a task that is open"),
    _(
        "as long as there are orders, opportunities, something planned, entries in the timeline, a role in an organisation, or a link to marketing"
    ),
    _("not kept yet: accounts of staff cannot be closed in this version"),
    _("of a campaign that has not ended so long ago: its result rests on them"),
    _("one that is open"),
    _("somebody linked to the crm, as long as the crm knows them"),
    _(
        "stays: the chain of seals would show it as missing. What it says of a person is in its AuditChange, which goes"
    ),
    _("the last job of a schedule as rare as that, which the next one counts from"),
    _("until every reader has passed it"),
    _("until it is applied, given up by staff, or failed for good"),
    _(
        "what was said of an address, a customer or a person, and of a cookie still in use: an objection counts as long as somebody could be contacted"
    ),
)


def _by_source(texts: tuple[StrOrPromise, ...]) -> dict[str, StrOrPromise]:
    with override(None):
        return {str(one): one for one in texts}


PURPOSES = _by_source(_PURPOSES)
BUT = _by_source(_BUT)
