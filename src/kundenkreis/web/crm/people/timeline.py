"""The timeline in plain words: one function per kind of entry, all in one table.

A payload comes from another context or from long ago, so every part of it may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kundenkreis.kernel.fields import translated
from kundenkreis.records import registry
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.crm.people.models import TimelineEntry

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """How an entry reads: icon, title, a sentence, tags of (label, tone)."""

    icon: str
    title: str
    text: str = ""
    tone: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)


def line(entry: TimelineEntry) -> Line:
    """An entry in the words of the active language; an unknown kind shows its name."""
    payload = entry.payload if isinstance(entry.payload, dict) else {}
    words = KINDS.get(entry.kind)
    return words(payload) if words else Line("circle", entry.kind.replace("_", " "))


def address(entry: TimelineEntry) -> str:
    """The page of what the entry refers to; empty when it has none here."""
    name, _colon, pk = entry.reference.partition(":")
    side, _dot, kind = name.partition(".")
    if side == "crm" and pk.isdigit() and kind in registry.TYPES:
        return registry.TYPES[kind].url(pk)
    if name == "engage.campaign" and pk.isdigit():
        return f"/engage/campaigns/{pk}/"
    return ""


def _money(payload: Payload, *names: str) -> str:
    for name in names:
        minor = payload.get(name)
        if isinstance(minor, int):
            return formats.money(minor, str(payload.get("currency") or "EUR"))
    return ""


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _items(payload: Payload) -> str:
    count = payload.get("items") or payload.get("quantity")
    if not isinstance(count, int):
        return str(payload.get("product") or payload.get("name") or "")
    return ngettext("%(n)s item", "%(n)s items", count) % {"n": count}


def _campaign(payload: Payload) -> str:
    name = payload.get("campaign")
    return _("Campaign “%(name)s”") % {"name": name} if name else ""


def _visit(payload: Payload) -> Line:
    page = payload.get("title") or payload.get("path") or payload.get("url") or ""
    return Line("globe", _("Visited the shop"), str(page))


def _cart(payload: Payload) -> Line:
    text = _joined(_items(payload), _money(payload, "value_minor", "total_minor"))
    return Line("shopping-cart", _("Put something in the cart"), text, "blue")


def _exposure(payload: Payload) -> Line:
    tags = [(_("Test group"), "blue")]
    return Line("eye", _("Offer was shown"), _campaign(payload), "violet", tags)


def _control(payload: Payload) -> Line:
    title = _("Would have seen an offer, none was shown")
    return Line("eye-off", title, _campaign(payload), "", [(_("Control group"), "amber")])


def _clicked(payload: Payload) -> Line:
    voucher = payload.get("voucher")
    code = _("Voucher %(code)s") % {"code": voucher} if voucher else ""
    return Line(
        "mouse-pointer-click", _("Accepted the offer"), _joined(_campaign(payload), code), "violet"
    )


def _order(payload: Payload) -> Line:
    voucher = payload.get("voucher")
    code = _("Voucher %(code)s") % {"code": voucher} if voucher else ""
    title = _("Ordered for %(amount)s") % {"amount": _money(payload, "net_minor", "gross_minor")}
    number = _("Order %(number)s") % {"number": payload.get("number", "")}
    return Line("package-check", title, _joined(number, code, payload.get("source")), "green")


def _cancellation(payload: Payload) -> Line:
    title = _("Returned goods for %(amount)s") % {"amount": _money(payload, "net_minor")}
    return Line("undo-2", title, str(payload.get("number", "")), "amber")


def _order_cancelled(payload: Payload) -> Line:
    number = _("Order %(number)s") % {"number": payload.get("number", "")}
    return Line(
        "package-x", _("Order cancelled"), _joined(number, _money(payload, "net_minor")), "red"
    )


def _consent(payload: Payload) -> Line:
    what = _joined(
        purpose_label(payload.get("purpose", "")), channel_label(payload.get("channel", ""))
    )
    if payload.get("granted", True):
        return Line("shield-check", _("Gave consent"), what, "green")
    return Line("shield-x", _("Withdrew consent"), what, "red")


def _objection(payload: Payload) -> Line:
    what = _joined(
        purpose_label(payload.get("purpose", "")), channel_label(payload.get("channel", ""))
    )
    return Line("shield-x", _("Objected to being contacted"), what, "red")


def _note(payload: Payload) -> Line:
    title = _("Note by %(name)s") % {"name": payload["by"]} if payload.get("by") else _("Note")
    return Line("notebook-pen", title, str(payload.get("text", "")))


def _step_done(payload: Payload) -> Line:
    by = _("by %(name)s") % {"name": payload["by"]} if payload.get("by") else ""
    return Line("check", _joined(payload.get("text") or _("Next step"), _("done")), by, "green")


def _opportunity(payload: Payload) -> Line:
    title = _("New opportunity: %(title)s") % {"title": payload.get("title", "")}
    return Line("circle-plus", title, _value(payload), "blue")


def _moved(payload: Payload) -> Line:
    before, after = translated(payload.get("before")), translated(payload.get("stage"))
    title = _("%(title)s: now in “%(stage)s”") % {"title": payload.get("title", ""), "stage": after}
    return Line("arrow-right", title, _("before: %(stage)s") % {"stage": before} if before else "")


def _won(payload: Payload) -> Line:
    title = _("Won: %(title)s") % {"title": payload.get("title", "")}
    return Line("trophy", title, _value(payload), "green")


def _lost(payload: Payload) -> Line:
    title = _("Lost: %(title)s") % {"title": payload.get("title", "")}
    return Line("circle-x", title, _joined(payload.get("reason"), _value(payload)), "red")


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
    "note": _note,
    "step_done": _step_done,
    "opportunity": _opportunity,
    "opportunity_moved": _moved,
    "opportunity_won": _won,
    "opportunity_lost": _lost,
}


def purpose_label(purpose: str) -> str:
    """A purpose of consent in words; the company's own ones show their name."""
    labels = {
        "marketing": _("Advertising"),
        "profiling": _("Personal offers"),
        "statistics": _("Statistics"),
        "newsletter": _("Newsletter"),
    }
    return labels.get(purpose, purpose.replace("_", " "))


def channel_label(channel: str) -> str:
    labels = {
        "email": _("E-mail"),
        "phone": _("Phone"),
        "post": _("Post"),
        "web": pgettext("channel", "Website"),
        "onsite": pgettext("channel", "Website"),
        "sms": "SMS",
    }
    return labels.get(channel, channel.replace("_", " "))
