"""GET /v1/decide and POST /v1/exposure for the browser script (frontend/shop/README.md)."""

from __future__ import annotations

from contextlib import suppress

from kundenkreis.edge.collector.threads import in_thread
from kundenkreis.edge.collector.values import SUCCESS, Refused, Request, Response
from kundenkreis.edge.collector.writer import Entry, Writer
from kundenkreis.edge.offers.answers import UnknownToken, exposure, offers_for
from kundenkreis.edge.offers.remembered import Remembered
from kundenkreis.engage.campaigns.queries import running_campaigns
from kundenkreis.engage.tracking.cleaning import Unusable, identity
from kundenkreis.kernel import clock

LONGEST_TOKEN = 4_000


class Offers:
    """The endpoints; what they write goes through the collector's one writer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._running = Remembered(running_campaigns)

    async def decide(self, request: Request) -> Response:
        """The offers that are due for the visitor `a`, in the language `l`."""
        try:
            visitor = identity(request.query.get("a"))
        except Unusable:
            visitor = ""
        if not visitor:
            raise Refused(400, "the parameter “a” must be the visitor's anonymousId")
        language = request.query.get("l", "")
        source = request.source
        answer = await in_thread(offers_for, source, visitor, language, self._running)
        if answer.drawn:
            # Nobody waits for it, and none is lost where there is no room: drawn again it would be
            # the same, and an exposure keeps it too.
            with suppress(Refused):
                self._writer.hand_in(source, clock.now(), [Entry(one) for one in answer.drawn])
        content = {"offers": answer.offers, "again": None}
        return Response(200, content, {"Cache-Control": "no-store"})

    async def expose(self, request: Request) -> Response:
        """Note that an offer appeared, or would have; the same token twice counts once."""
        token = request.data.get("token")
        if not isinstance(token, str) or not token or len(token) > LONGEST_TOKEN:
            raise Refused(400, "“token” must be the text that came with the offer")
        now = clock.now()
        try:
            exposed = await in_thread(exposure, request.source, token, now, self._running)
        except UnknownToken:
            raise Refused(
                400, "this token was not given out to this write key, or it is too old"
            ) from None
        if exposed is not None:
            await self._writer.write(request.source, now, [Entry(exposed)])
        return SUCCESS
