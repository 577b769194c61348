"""GET /v1/decide and POST /v1/exposure for the browser script (frontend/shop/README.md)."""

from __future__ import annotations

from kundenkreis.edge.collector.threads import in_thread
from kundenkreis.edge.collector.values import Refused, Request, Response
from kundenkreis.edge.offers.answers import note_exposure, offers_for
from kundenkreis.engage.tracking.cleaning import Unusable, identity
from kundenkreis.kernel import clock

LONGEST_TOKEN = 4_000


async def decide(request: Request) -> Response:
    """The offers that are due for the visitor `a`, in the language `l`."""
    try:
        visitor = identity(request.query.get("a"))
    except Unusable:
        visitor = ""
    if not visitor:
        raise Refused(400, "the parameter “a” must be the visitor's anonymousId")
    language = request.query.get("l", "")
    answer = await in_thread(offers_for, request.source, visitor, language)
    return Response(200, answer, {"Cache-Control": "no-store"})


async def expose(request: Request) -> Response:
    """Note that an offer appeared, or would have; the same token twice counts once."""
    token = request.data.get("token")
    if not isinstance(token, str) or not token or len(token) > LONGEST_TOKEN:
        raise Refused(400, "“token” must be the text that came with the offer")
    if not await in_thread(note_exposure, request.source, token, clock.now()):
        raise Refused(400, "this token was not given out to this write key, or it is too old")
    return Response(200)
