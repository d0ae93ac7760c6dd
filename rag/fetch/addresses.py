"""Which IP addresses are public, and what may be fetched although it is not.

The networks are those of IANA's registries of special-purpose addresses. What is not known to be public is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from rag.errors import FetchRefused, SettingsError
from rag.fetch.urls import Target, parse_url

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_WEB = frozenset({80, 443})
_SPECIAL_4 = {
    IPv4Network(network): kind
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier's own"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmark"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
}
_SPECIAL_6 = {
    IPv6Network(network): kind
    for network, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
}
_GLOBAL_6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # how a network that has IPv6 alone reaches IPv4; the last 32 bits say whom


def not_public(address: Address) -> str | None:
    """What kind of address it is that nobody outside may be led to; None for a public one."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _SPECIAL_4.items() if address in network), None)
    if address in _NAT64:
        return not_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    kind = next((kind for network, kind in _SPECIAL_6.items() if address in network), None)
    return kind or (None if address in _GLOBAL_6 else "reserved")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be fetched beside public addresses on ports 80 and 443: hosts with their ports, and networks."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Allowed:
        """Of the setting. Raises SettingsError."""
        hosts: set[tuple[str, int]] = set()
        networks: list[Network] = []
        for entry in re.split(r"[,\s]+", text.strip()) if text.strip() else ():
            try:
                if "/" in entry:
                    networks.append(ip_network(entry))
                else:
                    hosts |= _hosts(entry)
            except (ValueError, FetchRefused) as error:
                raise SettingsError(
                    f"BYLINE_FETCH_ALLOW: {entry[:100]!r} is neither host, host:port nor network.",
                    remedy="Write entries like news.intranet:8080 or 10.1.0.0/16, with commas between.",
                ) from error
        return cls(frozenset(hosts), tuple(networks))

    def check(self, target: Target, addresses: tuple[Address, ...]) -> None:
        """Raises FetchRefused when any address that the host has may not be fetched from."""
        if (target.host, target.port) in self.hosts:
            return
        for address in addresses:
            if any(address in network for network in self.networks):
                continue
            if (kind := not_public(address)) is not None:
                raise _refused(target, f"its host has an address that is not public ({kind}).")
            if target.port not in _WEB:
                raise _refused(target, f"its port is {target.port}, not 80 or 443.")


def _hosts(entry: str) -> set[tuple[str, int]]:
    target = parse_url(f"http://{entry}/")
    return {(target.host, target.port)} if re.search(r":[0-9]+$", entry) else {(target.host, port) for port in _WEB}


def _refused(target: Target, reason: str) -> FetchRefused:
    return FetchRefused(target.url, reason, remedy="If it is meant, name it in BYLINE_FETCH_ALLOW.")
