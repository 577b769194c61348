"""The endpoints that write: calls, consents, visits."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import override

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.calls import BATCH, Envelope, envelope
from kundenkreis.edge.collector.rates import PerMinute
from kundenkreis.edge.collector.values import SUCCESS, Refused, Request, Response, too_busy
from kundenkreis.edge.collector.writer import Entry, Refusal, Visit, Writer
from kundenkreis.engage.consent.commands import Statement
from kundenkreis.engage.consent.models import ConsentEntry
from kundenkreis.engage.consent.queries import WEB
from kundenkreis.engage.tracking.cleaning import Unusable, identity, instant, line
from kundenkreis.engage.tracking.commands import check_calls
from kundenkreis.engage.tracking.items import KEPT, Item, clock_shift
from kundenkreis.engage.tracking.models import Reason
from kundenkreis.kernel import clock

with override("en"):
    _WHY = {reason: str(reason.label) for reason in Reason}


class Recorder:
    """What a source may have written. All answers come after the commit."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._visits = PerMinute(limits.VISITS, limits.ADDRESSES)

    async def calls(self, call: str, request: Request) -> Response:
        """`identify`, `track`, `page`, `screen`, `group`, `alias` or `batch`."""
        now = clock.now()
        content = envelope(call, request.data)
        if len(request.body) > limits.BIG:
            entries = await asyncio.to_thread(_checked, request, content, now)
        else:
            entries = _checked(request, content, now)
        await self._writer.write(request.source, now, entries)
        bad = [number for number, entry in enumerate(entries) if _reason(entry)]
        if not bad:
            return SUCCESS
        rejected = [
            _shown(number, content.calls[number], entries[number])
            for number in bad[: limits.LISTED]
        ]
        if call != BATCH:
            first = rejected[0]
            return Response(400, {"success": False, "error": first["message"], **first})
        return Response(200, {"success": True, "rejected": rejected, "rejectedCount": len(bad)})

    async def consent(self, request: Request) -> Response:
        """A visitor's consent, or its withdrawal, as the browser script reports it."""
        now = clock.now()
        entry = Entry(_statement(request, now))
        await self._writer.write(request.source, now, [entry])
        if entry.fate is not None:
            raise Refused(400, "this consent cannot be stored")
        return SUCCESS

    async def count(self, request: Request) -> Response:
        """One visit, of whomever; who counts too many would make the sum worthless."""
        if seconds := self._visits.wait(request.address):
            raise too_busy("too many visits from this address", status=429, seconds=seconds)
        await self._writer.write(request.source, clock.now(), [Entry(Visit())])
        return SUCCESS


def _checked(request: Request, content: Envelope, now: datetime) -> list[Entry]:
    checked = check_calls(request.source, content.calls, now, content.sent_at)
    return [
        Entry(result) if isinstance(result, Item) else Entry(Refusal(call, result))
        for call, result in zip(checked.calls, checked.results, strict=True)
    ]


def _reason(entry: Entry) -> Reason | None:
    if isinstance(entry.what, Refusal):
        return entry.what.reason
    return entry.fate if isinstance(entry.fate, Reason) else None


def _shown(number: int, call: Any, entry: Entry) -> dict[str, Any]:
    reason = _reason(entry) or Reason.UNSTORABLE
    message_id = call.get("messageId") if isinstance(call, dict) else None
    return {
        "index": number,
        "messageId": str(message_id)[:100] if isinstance(message_id, str | int) else None,
        "reason": reason.value,
        "message": _WHY[reason],
    }


def _statement(request: Request, now: datetime) -> Statement:
    data = request.data
    try:
        subject = identity(data.get("anonymousId"))
        at = _said(instant(data.get("at")), data.get("sentAt"), now)
        reference = line(str(data.get("at") or ""))[:60]
        proof = {
            name: line(value)[:300]
            for name in ("textVersion", "language")
            if isinstance(value := data.get(name), str)
        }
        page = _address(data.get("pageUrl"))
    except (Unusable, OverflowError):
        raise Refused(400, "anonymousId, at or pageUrl cannot be understood") from None
    if not subject:
        raise Refused(400, "“anonymousId” is missing")
    if not isinstance(data.get("granted"), bool):
        raise Refused(400, "“granted” is neither true nor false")
    return Statement(
        subject_kind="anonymous",
        subject=subject,
        purpose=request.source.purpose,
        channel=WEB,
        granted=data["granted"],
        at=at,
        origin=ConsentEntry.Origin.WEB,
        reference=reference,
        namespace=request.source.namespace,
        proof={**proof, "pageUrl": page} if page else proof,
    )


def _said(at: datetime | None, sent_at: Any, now: datetime) -> datetime:
    """When something was said, by our clock; what is older than events may be counts from then on.

    Not from now on: an old grant that was repeated must not outdo a withdrawal since.
    """
    return now if at is None else max(now - KEPT, min(at + clock_shift(sent_at, now), now))


def _address(value: Any) -> str:
    """A page's address without query and fragment, which may hold anything."""
    if not isinstance(value, str):
        return ""
    try:
        parts = urlsplit(line(value))
    except ValueError:
        raise Unusable from None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:300]
