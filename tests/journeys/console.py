"""What a browser complains of while somebody uses the product: a journey fails for it."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage

# How the browser and htmx tell of every answer from 400 on (what a refusal looks like, journeys see
# themselves), and of a request that gave way to a newer one.
EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",
    "Response Status Error Code 4",
    "htmx:afterRequest",
    "htmx:sendAbort",
)

COMPLAINTS: list[str] = []


def listen(context: BrowserContext) -> None:
    """Write down what the pages of a browser complain of: script errors, blocked styles."""
    context.on("console", _heard)
    context.on("weberror", lambda thrown: COMPLAINTS.append(str(thrown.error)))


def _heard(said: ConsoleMessage) -> None:
    if said.type == "error" and not said.text.startswith(EXPECTED):
        COMPLAINTS.append(said.text)
