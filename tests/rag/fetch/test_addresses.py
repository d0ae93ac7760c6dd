"""Which addresses are public, compared with the standard library's opinion."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import FetchRefused, SettingsError
from rag.fetch.addresses import Allowed, not_public
from rag.fetch.urls import parse_url

INSIDE = [
    "0.0.0.1", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.9.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.8", "192.0.0.10", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "fe80::1", "fec0::1",
    "fc00::1", "fd12:3456::1", "ff02::1", "2001::1", "2001:0:53aa:64c:0:0:80ff:fffe", "2001:db8::1", "2002:7f00:1::",
    "2002:5db8:d822::1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::5db8:d822", "100::1", "3fff::1",
    "5f00::1", "4000::1",
]  # fmt: skip
STRICTER = [IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"), IPv4Network("240.0.0.0/4")]
OUTSIDE = ["93.184.216.34", "8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "64:ff9b::93.184.216.34"]


@pytest.mark.parametrize("written", INSIDE)
def test_addresses_of_the_inside_are_known(written: str) -> None:
    assert not_public(ip_address(written))


@pytest.mark.parametrize("written", OUTSIDE)
def test_addresses_of_the_outside_are_public(written: str) -> None:
    assert not_public(ip_address(written)) is None


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32 - 1).map(IPv4Address) | st.sampled_from(INSIDE[:21]).map(IPv4Address))
def test_ipv4_public_is_what_the_standard_library_calls_global_without_relays(address: IPv4Address) -> None:
    here = not_public(address) is None
    assert here == (address.is_global and not address.is_multicast and not any(address in one for one in STRICTER))


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**128 - 1).map(IPv6Address))
def test_ipv6_public_is_at_most_what_the_standard_library_calls_global(address: IPv6Address) -> None:
    if not_public(address) is None:
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_site_local, address.is_link_local))
        assert address.ipv4_mapped is None
        assert address.sixtofour is None
        assert address.teredo is None


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_an_ipv4_address_inside_an_ipv6_one_is_no_way_in(number: int) -> None:
    inner = IPv4Address(number)
    assert not_public(IPv6Address(f"64:ff9b::{inner}")) == not_public(inner)
    assert not_public(IPv6Address(f"::ffff:{inner}"))
    assert not_public(IPv6Address(f"::{inner}"))
    assert not_public(IPv6Address((0x2002 << 112) | (number << 80) | 1))
    assert not_public(IPv6Address((0x2001_0000 << 96) | (number ^ 0xFFFF_FFFF)))


@pytest.mark.parametrize(
    ("allowed", "url", "address", "refused"),
    [
        ("", "http://n.example/", "93.184.216.34", None),
        ("", "http://n.example:8080/", "93.184.216.34", "port is 8080"),
        ("", "http://n.example/", "10.0.0.1", "not public (private)"),
        ("n.example:8080", "http://n.example:8080/", "10.0.0.1", None),
        ("n.example:8080", "http://n.example/", "10.0.0.1", "not public"),
        ("n.example:8080", "http://m.example:8080/", "10.0.0.1", "not public"),
        ("N.Example", "https://n.example/", "10.0.0.1", None),
        ("n.example", "https://n.example:444/", "10.0.0.1", "not public"),
        ("10.0.0.0/8, 192.168.0.0/16", "http://n.example:8080/", "10.0.0.1", None),
        ("10.0.0.0/8", "http://n.example/", "::ffff:10.0.0.1", "IPv4-mapped"),
        ("[::1]:80", "http://[::1]/", "::1", None),
    ],
)
def test_what_the_setting_allows(allowed: str, url: str, address: str, refused: str | None) -> None:
    rule, target = Allowed.parse(allowed), parse_url(url)
    if refused is None:
        rule.check(target, (ip_address(address),))
        return
    with pytest.raises(FetchRefused) as caught:
        rule.check(target, (ip_address(address),))
    assert refused in caught.value.reason


def test_one_bad_address_of_several_is_enough() -> None:
    with pytest.raises(FetchRefused):
        Allowed().check(parse_url("http://n.example/"), (ip_address("93.184.216.34"), ip_address("127.0.0.1")))


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "300.0.0.0/8", "http://x/", "a b@c", "::1", "n.example:x"])
def test_a_setting_that_can_not_be_read_is_named(entry: str) -> None:
    with pytest.raises(SettingsError, match="BYLINE_FETCH_ALLOW"):
        Allowed.parse(entry)
