"""S09: nothing that asks a service outside can be led into the house, however the address is written."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.webhooks import commands as webhooks
from kundenkreis.crm.webhooks.models import Message
from kundenkreis.crm.webhooks.sending import send_waiting
from kundenkreis.crm.work import pushing
from kundenkreis.crm.work.models import PushBrowser
from kundenkreis.kernel import clock
from kundenkreis.kernel.egress.tests.receivers import Receiver, receiver
from kundenkreis.kernel.egress.tests.test_addresses import FORMS
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.kernel.tests.browsers import StandIn
from tests.attack import asking

pytestmark = pytest.mark.django_db(databases=BOTH)

ENOUGH = 35
# What asks outside, and who names whom it asks: only what staff name can be led anywhere.
FEATURES = {
    "crm/webhooks/sending.py": "staff",
    "crm/work/pushing.py": "a browser of staff",
    "integrations/crm/vies/client.py": "a setting of whoever runs the product",
}


@pytest.fixture
def olga() -> User:
    accounts.create_shipped_roles(actor=SYSTEM)
    return accounts.create_user(
        actor=SYSTEM, email="olga@example.org", name="Olga", roles=["administrator"]
    )


def addresses(canary: Receiver) -> list[str]:
    port = canary.port
    forms = [f"{scheme}://{form}:{port}/in" for form in FORMS for scheme in ("https", "http")]
    return [
        *forms, f"https://127.0.0.1:{port}@example.invalid/", f"https://example.invalid@127.0.0.1:{port}/",
        f"https://127.0.0.1:{port}\\@example.invalid/", f"https://127.0.0.1:{port}#@example.invalid/",
        f"gopher://127.0.0.1:{port}/", f"https:127.0.0.1:{port}", f"https://127.0.0.1%2f:{port}/",
    ]  # fmt: skip


def tell(hook: Any, address: str) -> None:
    """Whatever the form would say, the address stands there: and a message is due."""
    type(hook).objects.filter(pk=hook.pk).update(address=address, rests_until=None, stopped="")
    Message.objects.filter(webhook=hook).delete()
    webhooks.ping(actor=SYSTEM, webhook_id=hook.pk)
    send_waiting(hook.pk, actor=SYSTEM)


def test_s09_everything_that_asks_outside_is_known() -> None:
    found = {
        path.relative_to(asking.SOURCE).as_posix()
        for path in asking.SOURCE.rglob("*.py")
        if not {"tests", "egress"} & set(path.parts)
        and re.search(r"import .*\begress\b|import .*\bEgress\b", path.read_text("utf-8"))
    }
    assert found == FEATURES.keys()


def test_s09_no_webhook_leads_into_the_house(olga: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hook, _secret = webhooks.add_webhook(
        actor=viewer_of(olga), name="ERP", address="https://erp.example.org/"
    )
    with receiver() as canary:
        asked = addresses(canary)
        for address in asked:
            tell(hook, address)
        assert canary.connections == 0
    assert len(asked) >= ENOUGH


def test_the_canary_is_reached_where_the_operator_allows_it(olga: User, settings: Any) -> None:
    """The control."""
    settings.EGRESS_ALLOWED = "127.0.0.0/8"
    hook, _secret = webhooks.add_webhook(
        actor=viewer_of(olga), name="ERP", address="https://erp.example.org/"
    )
    with receiver() as canary:
        tell(hook, f"http://127.0.0.1:{canary.port}/in")
        assert canary.connections == 1


def test_s09_no_browser_is_a_way_into_the_house(olga: User, settings: Any) -> None:
    """Not even into what webhooks may reach: any member of staff names a push service."""
    settings.EGRESS_ALLOWED = "127.0.0.0/8"
    with receiver() as canary:
        known = StandIn(f"https://127.0.0.1:{canary.port}/").browser
        browser = PushBrowser.objects.create(
            user_id=olga.pk, endpoint=known.endpoint, key=known.key, auth=known.auth,
            told_at=clock.now() - timedelta(days=1),
        )  # fmt: skip
        for address in addresses(canary):
            browser.endpoint = address
            pushing._sent(browser, b"{}", clock.now())
        assert canary.connections == 0
        settings.PUSH_ALLOWED = "127.0.0.0/8"
        browser.endpoint = f"http://127.0.0.1:{canary.port}/"
        pushing._sent(browser, b"{}", clock.now())
        assert canary.connections == 1  # the control
