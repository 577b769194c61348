"""Whatever way an address is written: what leads back into the house is not dialled (S09)."""

from __future__ import annotations

import socket

import pytest

from kundenkreis.kernel.egress import Allowed, Egress, NotReachable, NotReached
from kundenkreis.kernel.egress.addresses import is_open
from kundenkreis.kernel.egress.tests.receivers import receiver

# Each leads, on some machine and with some resolver, to the machine itself, its neighbours or what
# clouds tell their machines.
FORMS = [
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "0177.0.0.1", "0x7f.1", "0x7f000001",
    "2130706433", "017700000001", "0", "0.0.0.0",  # noqa: S104
     "①②⑦.⓪.⓪.①", "127。0。0。1", "localhost",
    "LOCALHOST.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "0xa9fea9fe", "2852039166", "[fd00:ec2::254]", "[fe80::1]", "[fc00::1]",
    "[ff02::1]", "[fec0::1]", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1",
    "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]", "[::ffff:0:127.0.0.1]",
]  # fmt: skip
OPEN = ["93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a01:4f8::1"]


def test_there_are_at_least_thirty_five_forms() -> None:
    assert len(set(FORMS)) >= 35


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_an_address_in_the_house_is_dialled(form: str) -> None:
    with receiver() as canary:
        for scheme in ("https", "http"):
            with pytest.raises(NotReached):
                Egress(seconds=2).post(f"{scheme}://{form}:{canary.port}/", b"", {})
        assert canary.connections == 0


@pytest.mark.parametrize("form", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "①②⑦.⓪.⓪.①"])
def test_control_the_same_forms_reach_the_canary_where_loopback_is_allowed(form: str) -> None:
    with receiver() as canary:
        way = Egress(Allowed.of("127.0.0.0/8"), seconds=2)
        assert way.post(f"http://{form}:{canary.port}/", b"", {}).status == 200
        assert canary.connections == 1


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet_may_be_dialled(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize("address", ["nonsense", "", "fe80::1%eth0", "2606:4700::1%lo"])
def test_what_is_no_plain_address_is_not_open(address: str) -> None:
    assert not is_open(address)


def test_control_the_standard_library_alone_would_let_some_through() -> None:
    from ipaddress import ip_address

    through = ["64:ff9b::7f00:1", "224.0.0.1", "::127.0.0.1", "192.88.99.1"]
    assert any(ip_address(one).is_global for one in through)
    assert not any(is_open(one) for one in through)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/",
        "https://", "https://user@example.org/", "https://example.org:0/", "https://example.org:x/",
        "https://exam ple.org/", "https://example.org/\r\nX: y", "https://[::1/", "javascript:1",
        "https://" + "a" * 64 + ".example.org/",
    ],
)  # fmt: skip
def test_only_plain_addresses_of_the_web_are_taken(url: str) -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    with pytest.raises(NotReachable):
        Egress(resolve=nobody).post(url, b"", {})


def test_outside_it_needs_tls_and_a_port_that_no_other_service_has() -> None:
    way = Egress(resolve=lambda _host, _port: [OPEN[0]])
    with pytest.raises(NotReachable, match="no TLS"):
        way.post("http://example.org/", b"", {})
    with pytest.raises(NotReachable, match="port"):
        way.post("https://example.org:25/", b"", {})


def test_one_address_in_the_house_among_several_refuses_all() -> None:
    with receiver() as canary:
        way = Egress(resolve=lambda _host, _port: [OPEN[0], "127.0.0.1"])
        with pytest.raises(NotReachable):
            way.post(f"https://example.org:{canary.port}/", b"", {})
        assert canary.connections == 0


def test_a_name_that_the_operator_allows_leads_into_the_house_but_not_to_its_secrets() -> None:
    allowed = Allowed.of("erp.example.internal 10.1.0.0/16 [fd00::]/8")
    assert allowed.may("ERP.example.internal.", "192.168.1.9")
    assert allowed.may("other.example.internal", "10.1.2.3")
    assert allowed.may("other.example.internal", "8.8.8.8")
    assert not allowed.may("other.example.internal", "10.2.0.1")
    assert not allowed.may("erp.example.internal", "169.254.169.254")
    assert Allowed.of("169.254.0.0/16").may("x", "169.254.169.254")


def test_the_system_s_resolver_reads_forms_that_the_library_cannot() -> None:
    """Why the answer of the resolver is looked at, not the text: the control of `FORMS`."""
    assert socket.getaddrinfo("0x7f.1", 80)[0][4][0] == "127.0.0.1"
