"""Asking VIES over its REST interface (`POST …/check-vat-number`).

Only the number leaves the house, and the company's own where that is configured: with it the
service gives the question a number, which is the proof for the tax office. Called in the worker.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from kundenkreis.crm.people.vat_checking import ServiceRefused, ServiceUnavailable, VatAnswer
from kundenkreis.kernel.egress import Allowed, NotReachable, Unanswered, egress

SECONDS = 15.0  # member states answer slowly
# What VIES says when asking again later may help; everything else will stay as it is.
LATER = frozenset({
    "GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ_TIME", "MS_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ_TIME", "MS_UNAVAILABLE", "SERVER_BUSY", "SERVICE_UNAVAILABLE", "TIMEOUT",
})  # fmt: skip
NOTHING = "---"  # instead of a name or address that the country does not tell


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
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        named = Allowed.of([urlsplit(url).hostname or ""])  # whoever runs this has named it
        way = replace(egress(named), seconds=self.seconds)
        try:
            answer = way.post(url, json.dumps(asked).encode(), headers)
        except NotReachable as error:
            raise ServiceRefused(str(error)) from error
        except Unanswered as error:
            raise ServiceUnavailable(str(error)) from error
        if answer.status >= HTTPStatus.BAD_REQUEST and not answer.body.lstrip().startswith(b"{"):
            raise ServiceUnavailable(f"HTTP {answer.status}")
        try:
            said = json.loads(answer.body)
        except ValueError as error:
            raise ServiceUnavailable("no JSON") from error
        return said if isinstance(said, dict) else {}


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
