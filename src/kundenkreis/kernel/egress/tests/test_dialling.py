"""Exactly what was looked at is dialled, once, for ten seconds at most, and little is read (F10)."""

from __future__ import annotations

import datetime
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kundenkreis.kernel.egress import Allowed, Egress, NotReachable, Unanswered, dialling
from kundenkreis.kernel.egress.tests.receivers import OK, drips, endless, receiver, says

HOUSE = Allowed.of("127.0.0.1/32 ::1/128")


def test_it_sends_what_it_was_given_and_says_what_came_back() -> None:
    with receiver() as server:
        url = f"http://127.0.0.1:{server.port}/hooks?a=1"
        answer = Egress(HOUSE).post(url, b'{"id": 1}', {"webhook-id": "m1"})
    assert (answer.status, answer.body) == (200, b"ok")
    head, _gap, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hooks?a=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}".encode() in head
    assert b"webhook-id: m1" in head
    assert body == b'{"id": 1}'


def test_a_redirect_to_the_house_is_told_and_not_followed() -> None:
    with receiver() as canary:
        away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{canary.port}/\r\n\r\n"
        with receiver(says(away.encode())) as server:
            assert Egress(HOUSE).post(f"http://127.0.0.1:{server.port}/", b"", {}).status == 302
        assert (server.connections, canary.connections) == (1, 0)


def test_a_name_that_leads_elsewhere_when_asked_again_leads_nowhere() -> None:
    """DNS rebinding: first an open address, then loopback. The name is asked once."""
    with receiver() as canary:
        answers, asked = cycle([["203.0.113.7"], ["127.0.0.1"]]), []

        def alternating(host: str, port: int) -> list[str]:
            asked.append(host)
            return next(answers)

        way = Egress(Allowed.of("203.0.113.0/24"), seconds=0.5, resolve=alternating)
        with pytest.raises(Unanswered):
            way.post(f"http://rebind.example.org:{canary.port}/", b"", {})
        assert asked == ["rebind.example.org"]
        with pytest.raises(NotReachable):
            way.post(f"http://rebind.example.org:{canary.port}/", b"", {})
        assert canary.connections == 0


def test_control_asking_the_name_again_to_connect_would_reach_the_house() -> None:
    with receiver() as canary:
        answers = cycle([["203.0.113.7"], ["127.0.0.1"]])

        def careless(host: str) -> socket.socket:
            assert Allowed.of("203.0.113.0/24").may(host, next(answers)[0])
            return socket.create_connection((next(answers)[0], canary.port), 2)

        careless("rebind.example.org").close()
        assert canary.connections == 1 or _soon(lambda: canary.connections == 1)


@pytest.mark.parametrize(
    "say",
    [
        pytest.param(lambda _wire, over: over.wait(60), id="says nothing"),
        pytest.param(drips(OK, 0.2), id="drips its head"),
        pytest.param(
            drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999, 0.01),
            id="drips its body",
        ),
    ],
)
def test_the_time_is_for_all_of_it(say: Callable[..., None]) -> None:
    with receiver(say) as server:
        begun = time.monotonic()
        with pytest.raises(Unanswered, match="TimeoutError"):
            Egress(HOUSE, seconds=0.7).post(f"http://127.0.0.1:{server.port}/", b"", {})
        assert time.monotonic() - begun < 1.7
    assert Egress().seconds == 10


def test_a_resolver_that_hangs_takes_no_longer_either() -> None:
    def hangs(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    begun = time.monotonic()
    with pytest.raises(Unanswered, match="TimeoutError"):
        Egress(HOUSE, seconds=0.3, resolve=hangs).post("http://slow.example.org/", b"", {})
    assert time.monotonic() - begun < 1.3


def test_a_body_without_end_is_read_for_sixty_four_kilobytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[dialling._Sips] = []
    begin = dialling._Sips.__init__

    def noted(self: dialling._Sips, wire: socket.socket) -> None:
        begin(self, wire)
        taken.append(self)

    monkeypatch.setattr(dialling._Sips, "__init__", noted)
    with receiver(endless) as server:
        answer = Egress(HOUSE).post(f"http://127.0.0.1:{server.port}/", b"", {})
    assert answer.status == 200
    assert 60_000 < len(answer.body) < 64 * 1024
    assert taken[0].left == 0


def test_a_head_without_end_is_no_answer() -> None:
    for head in (b"X-Y: " + b"z" * 200_000, b"X: y\r\n" * 5_000, b"X: y\r\n" + b"\0" * 90_000):
        with (
            receiver(says(b"HTTP/1.1 200 OK\r\n" + head)) as server,
            pytest.raises(Unanswered),
        ):
            Egress(HOUSE).post(f"http://127.0.0.1:{server.port}/", b"", {})


@pytest.mark.parametrize("text", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n"])
def test_what_is_no_answer_is_none(text: bytes) -> None:
    with receiver(says(text)) as server, pytest.raises(Unanswered):
        Egress(HOUSE).post(f"http://127.0.0.1:{server.port}/", b"", {})


def test_nobody_there_is_said_at_once_and_the_next_address_is_tried() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unanswered, match="ConnectionRefusedError"):
        Egress(HOUSE).post(f"http://127.0.0.1:{port}/", b"", {})
    with receiver() as server:
        both = Egress(HOUSE, resolve=lambda _host, _port: ["::1", "127.0.0.1"])
        assert both.post(f"http://erp.example.org:{server.port}/", b"", {}).status == 200


def test_a_header_cannot_smuggle_another() -> None:
    with receiver() as server, pytest.raises(Unanswered):
        Egress(HOUSE).post(f"http://127.0.0.1:{server.port}/", b"", {"x": "1\r\nHost: evil"})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for hook.example.org, which nobody but a test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hook.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example.org")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secured(certificate: Path) -> Iterator[tuple[int, list[str]]]:
    """A server with TLS: its port, and the names it was asked for."""
    names: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _wire, name, _context: names.append(name or "")  # type: ignore[assignment,func-returns-value]
    with receiver(wrap=lambda plain: context.wrap_socket(plain, server_side=True)) as server:
        yield server.port, names


def test_tls_is_with_the_name_that_was_asked_for(
    certificate: Path, secured: tuple[int, list[str]]
) -> None:
    port, names = secured
    trusting = ssl.create_default_context(cafile=str(certificate))
    way = Egress(HOUSE, resolve=lambda _host, _port: ["127.0.0.1"], tls=lambda: trusting)
    answer = way.post(f"https://hook.example.org:{port}/", b"hello", {})
    assert (answer.status, answer.body, names) == (200, b"ok", ["hook.example.org"])
    with pytest.raises(Unanswered, match="SSLCertVerificationError"):
        way.post(f"https://other.example.org:{port}/", b"hello", {})


def test_a_certificate_that_nobody_vouches_for_is_refused(secured: tuple[int, list[str]]) -> None:
    port, _names = secured
    way = Egress(HOUSE, resolve=lambda _host, _port: ["127.0.0.1"])
    with pytest.raises(Unanswered, match="SSLCertVerificationError"):
        way.post(f"https://hook.example.org:{port}/", b"hello", {})


def test_a_handshake_that_never_ends_does(secured: tuple[int, list[str]]) -> None:
    with receiver(lambda _wire, over: over.wait(60), wrap=_waits) as server:
        begun = time.monotonic()
        with pytest.raises(Unanswered, match="TimeoutError"):
            Egress(HOUSE, seconds=0.5).post(f"https://127.0.0.1:{server.port}/", b"", {})
        assert time.monotonic() - begun < 1.5


def _waits(plain: socket.socket) -> socket.socket:
    time.sleep(2)
    return plain


def _soon(there: Callable[[], bool]) -> bool:
    until = time.monotonic() + 2
    while not there() and time.monotonic() < until:
        time.sleep(0.01)
    return there()
