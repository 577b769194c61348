"""VAT IDs are proved by a service that answers as VIES does, over a real connection."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kundenkreis.crm.people import vat_checking
from kundenkreis.crm.people.commands import create_organisation
from kundenkreis.crm.people.jobs import begin_vat_check, check_vat_id
from kundenkreis.crm.people.models import Organisation, VatCheck
from kundenkreis.crm.people.vat_checking import (
    ServiceRefused,
    ServiceUnavailable,
    VatAnswer,
)
from kundenkreis.integrations.crm.vies.client import Vies
from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import DomainError, NotAllowed
from kundenkreis.kernel.jobs import runner
from kundenkreis.kernel.models import Job
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, CRM
from kundenkreis.records import named
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.past.undo import undo

NUMBER, OWN = "DE136695976", "DE811907980"
VALID = {
    "countryCode": "DE", "vatNumber": "136695976", "requestDate": "2026-11-28T10:00:00.000Z",
    "valid": True, "requestIdentifier": "WAPIAAAAZcd12", "name": "Zeiss AG",
    "address": "Ring 1\n07743 Jena", "traderName": "---",
}  # fmt: skip


class Service:
    """What stands in for VIES: answers as told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.slow = 200, json.dumps(VALID), 0.0
        self.drop = 0.0  # seconds between two letters of the answer
        self.asked: list[tuple[str, dict[str, Any]]] = []
        service, done = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                service.asked.append((self.path, json.loads(self.rfile.read(length))))
                done.wait(service.slow)
                self.send_response(service.status)
                if service.status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                for part in service.body if service.drop else [service.body]:
                    with suppress(ConnectionError):
                        self.wfile.write(part.encode())
                    done.wait(service.drop)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.done = done
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/rest-api/"

    def says(self, status: int = 200, **body: Any) -> None:
        self.status, self.body = status, json.dumps(body)

    def fails(self, word: str, status: int = 200) -> None:
        self.says(status, actionSucceed=False, errorWrappers=[{"error": word}])

    def close(self) -> None:
        self.done.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


@pytest.fixture
def offered(service: Service) -> Iterator[Service]:
    vies = Vies(service.address, OWN)
    vat_checking.offer(vies)
    yield service
    vat_checking.withdraw(vies)


def test_it_asks_for_the_number_with_the_company_s_own(service: Service) -> None:
    answer = Vies(service.address, OWN)(NUMBER)
    assert answer == VatAnswer(True, "WAPIAAAAZcd12", "Zeiss AG", "Ring 1\n07743 Jena")
    ((path, asked),) = service.asked
    assert path == "/rest-api/check-vat-number"
    assert asked == {
        "countryCode": "DE", "vatNumber": "136695976",
        "requesterMemberStateCode": "DE", "requesterNumber": "811907980",
    }  # fmt: skip


def test_what_a_country_does_not_tell_stays_empty(service: Service) -> None:
    service.says(valid=True, name="---", address="---", requestIdentifier="")
    assert Vies(service.address)(NUMBER) == VatAnswer(True)
    assert service.asked[0][1] == {"countryCode": "DE", "vatNumber": "136695976"}


@pytest.mark.parametrize("status", [200, 400, 500])
def test_it_may_be_asked_again_when_a_member_state_is_away(service: Service, status: int) -> None:
    service.fails("MS_UNAVAILABLE", status)
    with pytest.raises(ServiceUnavailable, match="MS_UNAVAILABLE"):
        Vies(service.address)(NUMBER)


def test_it_is_not_asked_again_what_it_refuses(service: Service) -> None:
    service.fails("INVALID_REQUESTER_INFO", 400)
    with pytest.raises(ServiceRefused, match="INVALID_REQUESTER_INFO"):
        Vies(service.address)(NUMBER)


@pytest.mark.parametrize(
    ("status", "body"), [(503, "<html>"), (200, "<html>"), (200, "[]"), (200, "{}"), (302, "")]
)
def test_an_answer_that_is_none_is_none(service: Service, status: int, body: str) -> None:
    service.status, service.body = status, body
    with pytest.raises(ServiceUnavailable):
        Vies(service.address)(NUMBER)


def test_it_does_not_wait_for_ever_nor_for_nobody(service: Service) -> None:
    service.slow = 5
    with pytest.raises(ServiceUnavailable, match="TimeoutError"):
        Vies(service.address, seconds=0.2)(NUMBER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ServiceUnavailable, match="ConnectionRefusedError"):
        Vies(address, seconds=0.5)(NUMBER)


def test_it_does_not_read_an_answer_that_comes_drop_by_drop(service: Service) -> None:
    service.drop = 0.05
    with pytest.raises(ServiceUnavailable, match="TimeoutError"):
        Vies(service.address, seconds=0.3)(NUMBER)
    service.drop = 0.0
    assert Vies(service.address, seconds=0.3)(NUMBER).valid


@pytest.mark.django_db(databases=CRM)
def test_a_service_that_hangs_keeps_nobody_else_waiting(
    firm: Organisation, offered: Service
) -> None:
    begin_vat_check(ANNA, firm.pk)
    assert not runner.due(Side.CRM, attended=True).filter(task__endswith="check_vat_id").exists()
    assert runner.due(Side.CRM, attended=False).filter(task__endswith="check_vat_id").exists()


@pytest.fixture
def firm(db: None) -> Organisation:
    return create_organisation(actor=ANNA, name="Zeiss", vat_id=NUMBER)


def run() -> VatCheck:
    """The worker's turn: the newest job, whenever it is due."""
    job = Job.objects.using("default").filter(task__endswith="check_vat_id").order_by("-pk")[0]
    check_vat_id.call(*job.args)
    return VatCheck.objects.get()


@pytest.mark.django_db(databases=CRM)
def test_the_answer_is_kept_as_proof(firm: Organisation, offered: Service) -> None:
    begin_vat_check(ANNA, firm.pk)
    with pytest.raises(DomainError, match="being checked"):
        begin_vat_check(ANNA, firm.pk)
    check = run()
    assert (check.state, check.vat_id, check.request_id) == ("valid", NUMBER, "WAPIAAAAZcd12")
    assert (check.name, check.address) == ("Zeiss AG", "Ring 1\n07743 Jena")
    assert check.answered_at is not None
    run()  # a job that runs twice asks once
    assert len(offered.asked) == 1


@pytest.mark.django_db(databases=CRM)
def test_a_number_that_nobody_has_is_not_valid(firm: Organisation, offered: Service) -> None:
    offered.says(valid=False, requestIdentifier="WAPI2")
    begin_vat_check(ANNA, firm.pk)
    assert run().state == "invalid"


@pytest.mark.django_db(databases=CRM)
def test_it_is_asked_again_later_and_given_up_after_half_a_day(
    firm: Organisation, offered: Service
) -> None:
    offered.fails("MS_UNAVAILABLE")
    begin_vat_check(ANNA, firm.pk)
    check = run()
    assert (check.state, check.problem, check.attempts) == ("waiting", "MS_UNAVAILABLE", 1)
    job = Job.objects.using("default").order_by("-pk")[0]
    assert timedelta(minutes=4) < job.due_at - clock.now() < timedelta(minutes=6)
    offered.says(**VALID)
    assert (run().state, run().problem) == ("valid", "")
    offered.fails("MS_UNAVAILABLE")
    VatCheck.objects.all().delete()
    begin_vat_check(ANNA, firm.pk)
    for _ in range(vat_checking.ATTEMPTS):
        check = run()
    assert (check.state, check.attempts) == ("failed", vat_checking.ATTEMPTS)
    assert begin_vat_check(ANNA, firm.pk)


@pytest.mark.django_db(databases=CRM)
def test_nobody_is_asked_where_no_service_is_configured(firm: Organisation) -> None:
    assert vat_checking.service() is None
    with pytest.raises(DomainError, match="cannot be checked"):
        begin_vat_check(ANNA, firm.pk)
    assert not Job.objects.using("default").filter(task__endswith="check_vat_id").exists()


@pytest.mark.django_db(databases=CRM)
def test_only_whoever_may_change_it_asks(firm: Organisation, offered: Service) -> None:
    with pytest.raises(NotAllowed):
        begin_vat_check(CARLA, firm.pk)
    swiss = create_organisation(actor=ANNA, name="Swiss", vat_id="CHE107787577IVA")
    with pytest.raises(DomainError, match="cannot be checked"):
        begin_vat_check(ANNA, swiss.pk)
    assert offered.asked == []


@pytest.mark.django_db(databases=CRM)
@pytest.mark.usefixtures("offered")
def test_a_proof_follows_a_merge_and_comes_back(firm: Organisation) -> None:
    begin_vat_check(ANNA, firm.pk)
    check = run()
    kept = create_organisation(actor=ANNA, name="Carl Zeiss")
    done = merge(actor=ANNA, kind=named("organisation"), kept_id=kept.pk, gone_id=firm.pk)
    assert VatCheck.objects.get().organisation_id == kept.pk
    undo(ANNA, Side.CRM, done.batch)
    check.refresh_from_db()
    assert (check.organisation_id, check.request_id) == (firm.pk, "WAPIAAAAZcd12")
