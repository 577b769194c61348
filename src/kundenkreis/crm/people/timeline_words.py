"""The timeline in plain words: one function per kind of entry, all in one table.

A payload comes from another context or from long ago, so every part of it may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.ui import formats

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """How an entry reads: title, a sentence, tone, tags of (label, tone), icon."""

    title: str
    text: str = ""
    tone: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)
    icon: str = "circle"


def line(kind: str, payload: object) -> Line:
    """An entry in the words of the active language; an unknown kind shows its name."""
    words = KINDS.get(kind)
    known = payload if isinstance(payload, dict) else {}
    return words(known) if words else Line(kind.replace("_", " "), icon="circle")


def _money(payload: Payload, *names: str) -> str:
    for name in names:
        minor = payload.get(name)
        if isinstance(minor, int):
            return formats.money(minor, str(payload.get("currency") or CURRENCY))
    return ""


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _items(payload: Payload) -> str:
    name = payload.get("product") or payload.get("name") or payload.get("title") or ""
    count = payload.get("items") or payload.get("quantity")
    if not isinstance(count, int) or (name and count == 1):
        return str(name)
    if name:
        return f"{count} × {name}"
    return ngettext("%(n)s item", "%(n)s items", count) % {"n": count}


def _campaign(payload: Payload) -> str:
    name = payload.get("campaign")
    return _("Campaign “%(name)s”") % {"name": name} if name else ""


def _visit(payload: Payload) -> Line:
    page = payload.get("title") or payload.get("path") or payload.get("url") or ""
    return Line(_("Visited the shop"), str(page), icon="globe")


def _cart(payload: Payload) -> Line:
    """What was done with the cart; the names are those of the Segment specification."""
    titles = {
        "Product Removed": _("Took something out of the cart"),
        "Cart Viewed": _("Looked into the cart"),
        "Checkout Started": _("Went to the checkout"),
    }
    title = titles.get(str(payload.get("event")), _("Put something in the cart"))
    text = _joined(_items(payload), _money(payload, "value_minor", "total_minor"))
    return Line(title, text, "blue", icon="shopping-cart")


def _exposure(payload: Payload) -> Line:
    tags = [(_("Test group"), "blue")]
    return Line(_("Offer was shown"), _campaign(payload), "violet", tags, icon="eye")


def _control(payload: Payload) -> Line:
    title = _("Would have seen an offer, none was shown")
    return Line(title, _campaign(payload), "", [(_("Control group"), "amber")], icon="eye-off")


def _clicked(payload: Payload) -> Line:
    voucher = payload.get("voucher")
    code = _("Voucher %(code)s") % {"code": voucher} if voucher else ""
    return Line(
        _("Accepted the offer"),
        _joined(_campaign(payload), code),
        "violet",
        icon="mouse-pointer-click",
    )


def _order(payload: Payload) -> Line:
    voucher = payload.get("voucher")
    code = _("Voucher %(code)s") % {"code": voucher} if voucher else ""
    title = _("Ordered for %(amount)s") % {"amount": _money(payload, "net_minor", "gross_minor")}
    number = _("Order %(number)s") % {"number": payload.get("number", "")}
    return Line(title, _joined(number, code, payload.get("source")), "green", icon="package-check")


def _cancellation(payload: Payload) -> Line:
    title = _("Returned goods for %(amount)s") % {"amount": _money(payload, "net_minor")}
    return Line(title, str(payload.get("number", "")), "amber", icon="undo-2")


def _order_cancelled(payload: Payload) -> Line:
    number = _("Order %(number)s") % {"number": payload.get("number", "")}
    return Line(
        _("Order cancelled"), _joined(number, _money(payload, "net_minor")), "red", icon="package-x"
    )


def _consent(payload: Payload) -> Line:
    what = _joined(
        purpose_label(payload.get("purpose", "")), channel_label(payload.get("channel", ""))
    )
    if payload.get("granted", True):
        return Line(_("Gave consent"), what, "green", icon="shield-check")
    return Line(_("Withdrew consent"), what, "red", icon="shield-x")


def _objection(payload: Payload) -> Line:
    what = _joined(
        purpose_label(payload.get("purpose", "")), channel_label(payload.get("channel", ""))
    )
    return Line(_("Objected to being contacted"), what, "red", icon="shield-x")


def _merged(payload: Payload) -> Line:
    return _with_other(_("Merged with %(name)s"), payload, "merge")


def _parted(payload: Payload) -> Line:
    return _with_other(_("Parted from %(name)s again"), payload, "split")


def _with_other(text: str, payload: Payload, icon: str) -> Line:
    return Line(
        text % {"name": payload.get("name") or _("another record")},
        str(payload.get("by", "")),
        icon=icon,
    )


def _note(payload: Payload) -> Line:
    title = _("Note by %(name)s") % {"name": payload["by"]} if payload.get("by") else _("Note")
    return Line(title, str(payload.get("text", "")), icon="notebook-pen")


def _call(payload: Payload) -> Line:
    return _met(_("Call by %(name)s"), pgettext("activity", "Call"), payload, "green", "phone")


def _meeting(payload: Payload) -> Line:
    return _met(_("Meeting of %(name)s"), _("Meeting"), payload, "violet", "calendar-days")


def _letter(payload: Payload) -> Line:
    title = _("Letter by %(name)s") % {"name": payload["by"]} if payload.get("by") else _("Letter")
    return Line(title, str(payload.get("subject", "")), "violet", icon="mail-open")


def _met(by: str, title: str, payload: Payload, tone: str, icon: str) -> Line:
    title = by % {"name": payload["by"]} if payload.get("by") else title
    minutes = payload.get("minutes")
    took = _("%(n)s min") % {"n": minutes} if isinstance(minutes, int) else ""
    return Line(_comma(title, took), str(payload.get("text", "")), tone, icon=icon)


def _task(payload: Payload) -> Line:
    return Line(_("Task done"), str(payload.get("text", "")), "blue", icon="square-check")


def _comma(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _step_open(payload: Payload) -> Line:
    by = _("by %(name)s") % {"name": payload["by"]} if payload.get("by") else ""
    return Line(
        _joined(payload.get("text") or _("Next step"), _("open again")),
        by,
        "",
        icon="calendar-check",
    )


def _step_done(payload: Payload) -> Line:
    by = _("by %(name)s") % {"name": payload["by"]} if payload.get("by") else ""
    return Line(
        _joined(payload.get("text") or _("Next step"), _("done")), by, "green", icon="check"
    )


def _opportunity(payload: Payload) -> Line:
    title = _("New opportunity: %(title)s") % {"title": payload.get("title", "")}
    return Line(title, _value(payload), "blue", icon="circle-plus")


def _moved(payload: Payload) -> Line:
    before, after = translated(payload.get("before")), translated(payload.get("stage"))
    title = _("%(title)s: now in “%(stage)s”") % {"title": payload.get("title", ""), "stage": after}
    return Line(
        title, _("before: %(stage)s") % {"stage": before} if before else "", icon="arrow-right"
    )


def _won(payload: Payload) -> Line:
    title = _("Won: %(title)s") % {"title": payload.get("title", "")}
    return Line(title, _value(payload), "green", icon="trophy")


def _lost(payload: Payload) -> Line:
    title = _("Lost: %(title)s") % {"title": payload.get("title", "")}
    return Line(title, _joined(payload.get("reason"), _value(payload)), "red", icon="circle-x")


def _value(payload: Payload) -> str:
    by = _("by %(name)s") % {"name": payload["by"]} if payload.get("by") else ""
    return _joined(_money(payload, "value_minor"), by)


KINDS: dict[str, Callable[[Payload], Line]] = {
    "visit": _visit,
    "cart": _cart,
    "exposure": _exposure,
    "control": _control,
    "offer_clicked": _clicked,
    "order": _order,
    "cancellation": _cancellation,
    "order_cancelled": _order_cancelled,
    "consent": _consent,
    "objection": _objection,
    "merged": _merged,
    "parted": _parted,
    "note": _note,
    "call": _call,
    "meeting": _meeting,
    "letter": _letter,
    "task": _task,
    "step_done": _step_done,
    "step_open": _step_open,
    "opportunity": _opportunity,
    "opportunity_moved": _moved,
    "opportunity_won": _won,
    "opportunity_lost": _lost,
}


def purpose_label(purpose: str) -> str:
    """A purpose of consent in words; the company's own ones show their name."""
    labels = {
        "": _("Any purpose"),
        "marketing": _("Advertising"),
        "newsletter": _("Newsletter"),
        "orders": _("Handling of orders"),
        "server_analytics": _("Evaluation of own transactions"),
        "web_analytics": _("Personal offers on the website"),
    }
    return labels.get(purpose, purpose.replace("_", " "))


def channel_label(channel: str) -> str:
    labels = {
        "email": _("E-mail"),
        "phone": _("Phone"),
        "post": _("Post"),
        "social": _("Message"),
        "web": pgettext("channel", "Website"),
        "onsite": pgettext("channel", "Website"),
        "sms": "SMS",
    }
    return labels.get(channel, channel.replace("_", " "))
