"""Which sites' pages may talk to the collector: those the browser sources name."""

from __future__ import annotations

from collections.abc import Mapping

from kundenkreis.edge.collector.book import SourceBook
from kundenkreis.edge.collector.values import Refused, Response
from kundenkreis.engage.tracking.sources import SourceView


def check_origin(source: SourceView, origin: str) -> None:
    """Refuse a browser key on a foreign site, and a secret key in any browser (403)."""
    if not origin:
        return
    if source.trusted:
        raise Refused(403, "this is a secret key: it must not be used in a browser; renew it")
    if origin not in source.origins:
        raise Refused(403, f"this write key may not be used on {origin}")


def headers_for(book: SourceBook, origin: str) -> Mapping[str, str]:
    """What lets the page of a known site read the answer, refusals included."""
    if not origin or not book.knows_origin(origin):
        return {"Vary": "Origin"} if origin else {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "Vary": "Origin",
    }


def preflight(book: SourceBook, origin: str) -> Response:
    """The answer to a browser that asks before it sends."""
    if not book.knows_origin(origin):
        raise Refused(403, "no source names this site")
    return Response(
        204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
            "Access-Control-Max-Age": "600",
        },
    )
