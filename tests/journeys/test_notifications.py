"""Being told: a push is shown by the browser, also while no page does anything."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.running import Product

pytestmark = pytest.mark.journey

SAID = '{"title": "3 Neuigkeiten in Kundenkreis", "url": "/inbox/"}'
SHOWN = """navigator.serviceWorker.ready.then((one) => one.getNotifications())
    .then((all) => all.map((one) => [one.title, one.tag, one.data.url]))"""


def test_what_is_pushed_is_shown_and_says_nothing_of_anybody(product: Product, anna: Page) -> None:
    anna.context.grant_permissions(["notifications"], origin=product.staff)
    anna.goto(f"{product.staff}/inbox/settings/")
    expect(anna.get_by_role("button", name="In diesem Browser melden")).to_be_visible()
    wire, known = anna.context.new_cdp_session(anna), list[Any]()
    wire.on("ServiceWorker.workerRegistrationUpdated", lambda e: known.extend(e["registrations"]))
    wire.send("ServiceWorker.enable")
    anna.evaluate("navigator.serviceWorker.register('/push-worker.js')")
    anna.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    push = {"origin": product.staff, "registrationId": known[-1]["registrationId"], "data": SAID}
    wire.send("ServiceWorker.deliverPushMessage", push)
    anna.wait_for_function(f"{SHOWN}.then((all) => all.length)")
    assert anna.evaluate(SHOWN) == [["3 Neuigkeiten in Kundenkreis", "kundenkreis", "/inbox/"]]
