"""Which addresses may be dialled: those of the open internet, and what the operator allows.

`ipaddress.is_global` alone lets through what leads back into the house: addresses of IPv4 wrapped
in IPv6 (mapped, compatible, NAT64, 6to4, Teredo) and groups. So IPv6 is taken only from its global
unicast space, without the parts that translate or are for one link, and IPv4 less what follows.
Sources: IANA's special-purpose registries, RFC 6890, RFC 6598, RFC 7526, RFC 9637.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_UNICAST = ip_network("2000::/3")
_DENIED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
            "100.64.0.0/10",  # shared by carriers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # one link, and what clouds tell their machines
            "192.0.0.0/24", "192.88.99.0/24",  # protocols, relays of 6to4
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation
            "198.18.0.0/15",  # benchmarks
            "224.0.0.0/4", "240.0.0.0/4",  # groups, reserved, broadcast
            "2001::/23",  # protocols, with Teredo and ORCHID
            "2001:db8::/32", "3fff::/20",  # documentation
            "2002::/16",  # 6to4
        ),
    )
)  # fmt: skip
# Where even a name that the operator allows must not lead: only a network that is named does.
_NEVER = tuple(map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "fe80::/10")))


def is_open(address: str) -> bool:
    """Whether an address, as a resolver gives it, is one of the open internet."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if "%" in address or (found.version == 6 and found not in _UNICAST):
        return False
    return found.is_global and not _within(address, _DENIED)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Receivers in the house that may be dialled all the same: names of hosts, and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = field(default=())

    @classmethod
    def of(cls, said: str | Iterable[str]) -> Allowed:
        """From words like `erp.example.internal` or `10.1.0.0/16`."""
        names, networks = set(), []
        for word in said.split() if isinstance(said, str) else said:
            try:
                networks.append(ip_network(word.strip("[]"), strict=False))
            except ValueError:
                names.add(word.lower().rstrip("."))
        return cls(frozenset(names), tuple(networks))

    def __or__(self, other: Allowed) -> Allowed:
        return Allowed(self.names | other.names, self.networks + other.networks)

    def names_or_holds(self, host: str, address: str) -> bool:
        """Whether the operator allows what a host's name led to, wherever that is."""
        named = host.lower().rstrip(".") in self.names and not _within(address, _NEVER)
        return named or _within(address, self.networks)

    def may(self, host: str, address: str) -> bool:
        """Whether an address that a host's name led to may be dialled."""
        return self.names_or_holds(host, address) or is_open(address)


def _within(address: str, networks: Iterable[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks if network.version == found.version)
