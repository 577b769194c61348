"""S16: who is logged in is listed and ended; what ends a right or an account ends it at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from kundenkreis.crm.accounts import session_commands, staff_commands
from kundenkreis.crm.accounts.models import Role, Session, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.crm.accounts.sessions import device_name
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH, SYSTEM
from kundenkreis.web.crm.tests.conftest import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

Open = Callable[[User], Client]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 Version/19 Mobile Safari/604"
PASSWORD, OTHER = "drei bunte Vögel", "vier graue Katzen"


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_sessions_are_listed_with_device_network_and_time(
    company: Company, logged_in: Open
) -> None:
    desk, phone = logged_in(company.ben), logged_in(company.ben)
    desk.get("/", headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.7")
    phone.get("/", headers={"user-agent": PHONE}, REMOTE_ADDR="203.0.113.8")
    page = desk.get("/crm/sessions/", headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.7")
    for said in ("Firefox, Linux", "203.0.113.7", "Safari, iPhone", "203.0.113.8", "this one"):
        assert said in page.text
    for key in Session.objects.values_list("session_key", flat=True):
        assert key not in page.text  # whoever reads it would be logged in


def test_one_session_or_all_others_are_ended(company: Company, logged_in: Open) -> None:
    own, second, third = (logged_in(company.ben) for _ in range(3))
    assert all(map(is_in, (own, second, third)))
    page = own.get("/crm/sessions/").text
    handle = page.partition('name="session" value="')[2].partition('"')[0]
    end = f"/crm/users/{company.ben.pk}/sessions/end/"
    assert own.post(end, {"session": handle})["Location"] == "/crm/sessions/"
    assert [is_in(second), is_in(third)].count(True) == 1
    own.post(end)
    assert (is_in(own), is_in(second), is_in(third)) == (True, False, False)
    assert own.post(end, {"session": "unknown"}).status_code == 404


def test_nobody_sees_or_ends_sessions_of_others_without_the_right(
    company: Company, logged_in: Open, anna: Client
) -> None:
    ben, carla = logged_in(company.ben), logged_in(company.carla)
    assert is_in(ben)
    page, end = (
        f"/crm/users/{company.ben.pk}/sessions/",
        f"/crm/users/{company.ben.pk}/sessions/end/",
    )
    assert carla.get(page).status_code == 403
    assert carla.post(end).status_code == 403
    assert is_in(ben)
    assert "Ben" in anna.get(page).text
    assert anna.post(end)["Location"] == page
    assert not is_in(ben)
    with pytest.raises(NotAllowed):
        session_commands.end_sessions(actor=viewer_of(company.carla), user_id=company.ben.pk)


def test_another_password_ends_all_other_sessions(company: Company, logged_in: Open) -> None:
    own, other = logged_in(company.ben), logged_in(company.ben)
    assert is_in(own)
    assert is_in(other)
    data = {"old": PASSWORD, "password": OTHER}
    assert own.post("/account/password/", data)["Location"] == "/crm/sessions/"
    assert (is_in(own), is_in(other)) == (True, False)
    assert Session.objects.filter(user=company.ben).count() == 1
    entries = store.stored(Side.CRM, AuditEntry).filter(target=f"crm.user:{company.ben.pk}")
    assert "change_password" in entries.latest("pk").command


def test_a_wrong_password_changes_nothing_and_is_not_guessed_for_long(
    company: Company, logged_in: Open
) -> None:
    own = logged_in(company.ben)
    data = {"old": "nein", "password": OTHER}
    answers = [own.post("/account/password/", data).status_code for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_deactivation_ends_every_session_and_so_does_a_new_password(
    company: Company, logged_in: Open, anna: Client
) -> None:
    ben, carla = logged_in(company.ben), logged_in(company.carla)
    assert is_in(ben)
    assert is_in(carla)
    anna.post(f"/crm/users/{company.ben.pk}/access/", {"roles": []})
    assert not is_in(ben)
    assert not Session.objects.filter(user=company.ben).exists()
    _user, link = staff_commands.invite(actor=SYSTEM, user_id=company.carla.pk)
    guest = Client()
    guest.post(urlsplit(link).path, {"password": OTHER})
    assert (is_in(guest), is_in(carla)) == (True, False)


def test_taken_roles_hold_with_the_next_request_of_every_session(
    company: Company, logged_in: Open, anna: Client
) -> None:
    first, second = logged_in(company.ben), logged_in(company.ben)
    for client in (first, second):
        assert client.get("/crm/persons/").status_code == 200
    anna.post(f"/crm/users/{company.ben.pk}/access/", {"roles": [], "is_active": "on"})
    for client in (first, second):
        assert client.get("/crm/persons/").status_code == 403
        assert is_in(client)
    assert Role.objects.filter(holders=company.ben).count() == 0


def test_it_is_noted_every_five_minutes_when_somebody_was_seen(
    company: Company, logged_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben, now = logged_in(company.ben), clock.now()
    ben.get("/")

    def seen() -> float:
        return (Session.objects.get(user=company.ben).seen_at - now).total_seconds()

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=4))
    ben.get("/")
    assert seen() < 60
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=9))
    ben.get("/")
    assert seen() == 9 * 60


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox, Linux"), (PHONE, "Safari, iPhone"), ("curl/8", ""), ("", "")],
)
def test_a_device_is_named_in_words(agent: str, name: str) -> None:
    assert device_name(agent) == name
