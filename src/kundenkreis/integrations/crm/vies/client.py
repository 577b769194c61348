"""Asking VIES over its REST interface (`POST …/check-vat-number`).

Only the number leaves the house, and the company's own where that is configured: with it the
service gives the question a number, which is the proof for the tax office. Called in the worker.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kundenkreis.crm.people.vat_checking import ServiceRefused, ServiceUnavailable, VatAnswer

SECONDS = 15  # for each step of it, and twice as many for all of the answer
MOST = 64 * 1024  # bytes of an answer
# What VIES says when asking again later may help; everything else will stay as it is.
LATER = frozenset({
    "GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ_TIME", "MS_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ_TIME", "MS_UNAVAILABLE", "SERVER_BUSY", "SERVICE_UNAVAILABLE", "TIMEOUT",
})  # fmt: skip
NOTHING = "---"  # instead of a name or address that the country does not tell


class _Stay(HTTPRedirectHandler):
    """Nobody else is asked, wherever the answer points."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_open = build_opener(_Stay).open


@dataclass(frozen=True, slots=True)
class Vies:
    """The service at an address such as https://ec.europa.eu/taxation_customs/vies/rest-api."""

    address: str
    own_id: str = ""
    seconds: float = SECONDS

    def __call__(self, vat_id: str) -> VatAnswer:
        """What it says of a compact VAT ID. Raises `ServiceUnavailable`, `ServiceRefused`."""
        asked = {"countryCode": vat_id[:2], "vatNumber": vat_id[2:]}
        if self.own_id:
            asked |= {
                "requesterMemberStateCode": self.own_id[:2], "requesterNumber": self.own_id[2:],
            }  # fmt: skip
        said = self._post(asked)
        problems = said.get("errorWrappers")
        if problems or not isinstance(said.get("valid"), bool):
            raise _problem(problems)
        return VatAnswer(
            valid=said["valid"],
            request_id=_text(said, "requestIdentifier"),
            name=_text(said, "name"),
            address=_text(said, "address"),
        )

    def _post(self, asked: dict[str, str]) -> dict[str, Any]:
        url = f"{self.address.rstrip('/')}/check-vat-number"
        if not url.startswith(("https://", "http://")):
            raise ServiceRefused("address")
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        request = Request(url, json.dumps(asked).encode(), headers)  # noqa: S310 - looked at above
        try:
            with _open(request, timeout=self.seconds) as answer:
                text = self._read(answer)
        except HTTPError as error:
            with error:
                text = error.read(MOST)
            if not text.lstrip().startswith(b"{"):
                raise ServiceUnavailable(f"HTTP {error.code}") from error
        except (OSError, HTTPException) as error:
            why = getattr(error, "reason", error)  # what is behind an error of urllib
            raise ServiceUnavailable(type(why).__name__) from error
        try:
            said = json.loads(text)
        except ValueError as error:
            raise ServiceUnavailable("no JSON") from error
        return said if isinstance(said, dict) else {}

    def _read(self, answer: HTTPResponse) -> bytes:
        """The answer, unless it comes drop by drop."""
        until, text = time.monotonic() + self.seconds, b""
        while len(text) < MOST and (part := answer.read1(MOST - len(text))):
            text += part
            if time.monotonic() > until:
                raise TimeoutError
        return text


def _problem(problems: Any) -> Exception:
    first = problems[0] if isinstance(problems, list) and problems else {}
    word = str(first.get("error", "")) if isinstance(first, dict) else ""
    if not word:
        return ServiceUnavailable("no answer")
    return ServiceUnavailable(word) if word in LATER else ServiceRefused(word)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    text = value.strip() if isinstance(value, str) else ""
    return "" if text == NOTHING else text
