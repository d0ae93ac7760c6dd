"""What is a web address and what only looks like one to some program."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import FetchRefused
from rag.fetch.urls import parse_url, shown


@pytest.mark.parametrize(
    ("written", "requested"),
    [
        ("https://News.Example:443/a", "https://news.example/a"),
        ("HTTP://news.example", "http://news.example/"),
        ("http://news.example?q=1#part", "http://news.example/?q=1"),
        ("https://news.example.:8443/a//b/../c", "https://news.example:8443/a//b/../c"),
        ("https://bücher.example/über?q=ä%20b", "https://xn--bcher-kva.example/%C3%BCber?q=%C3%A4%20b"),
        ("http://10.0.0.1:/", "http://10.0.0.1/"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("http://a_b.example/", "http://a_b.example/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),  # it is then refused by its address
    ],
)
def test_an_address_has_one_spelling(written: str, requested: str) -> None:
    assert parse_url(written).url == requested
    assert parse_url(requested).url == requested


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("file:///etc/passwd", "scheme is file"),
        ("ftp://news.example/", "scheme is ftp"),
        ("gopher://news.example:70/_", "scheme is gopher"),
        ("javascript:alert(1)", "not a whole web address"),
        ("//news.example/", "not a whole web address"),
        ("http:news.example", "not a whole web address"),
        ("http:/news.example", "not a whole web address"),
        ("", "not a whole web address"),
        ("http:///path", "host can't be read"),
        ("http://user:word@news.example/", "user name"),
        ("http://127.0.0.1:80@news.example/", "user name"),
        ("http://news.example@127.0.0.1/", "user name"),
        ("http://news.example\\@127.0.0.1/", "backslash"),
        ("http://127.0.0.1\\.news.example/", "backslash"),
        ("http://news.example/\r\nHost: evil.example", "control character"),
        ("http://news.example/a\tb", "control character"),
        ("http://news.example/a b", "a space"),
        ("http://news.example/\u00ad", "control character"),
        (" http://news.example/", "a space"),
        ("http://2130706433/", "host is a number"),
        ("http://0x7f000001/", "host is a number"),
        ("http://0X7F.0.0.1/", "host is a number"),
        ("http://0177.0.0.1/", "host is a number"),
        ("http://017700000001/", "host is a number"),
        ("http://127.1/", "host is a number"),
        ("http://127.0.0.1.1/", "host is a number"),
        ("http://127.0.0.0x1/", "host is a number"),
        ("http://0x/", "host is a number"),
        ("http://256.1.1.1/", "host is a number"),
        ("http://[::1/", "host can't be read"),
        ("http://[fe80::1%25eth0]/", "host can't be read"),
        ("http://[1:2]/", "no IPv6 address"),
        ("http://news%2eexample/", "host can't be read"),
        ("http://-news.example/", "no name of a host"),
        ("http://news..example/", "no name of a host"),
        (f"http://{'a' * 64}.example/", "no name of a host"),
        ("http://ne\u2215ws.example/", "no name of a host"),
        ("http://news.example:0/", "no port 0"),
        ("http://news.example:65536/", "no port 65536"),
        ("http://news.example:80:80/", "host can't be read"),
        ("http://news.example:8O/", "host can't be read"),
        ("http://news.example/" + "a" * 5_000, "more than 4,000 characters"),
    ],
)
def test_what_programs_read_differently_is_refused(written: str, reason: str) -> None:
    with pytest.raises(FetchRefused) as caught:
        parse_url(written)
    assert reason in caught.value.reason


def test_an_error_does_not_tell_a_password() -> None:
    for url in ("http://me:secret@news.example/x", "http://me:secret@x@news.example/", "http://me:secret@news\\x/"):
        assert "secret" not in shown(url)
    assert shown("http://a.example/\x1b[31m") == "http://a.example/?[31m"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("htps:/\\@[]%.?#0x127af-_é\t\n "), max_size=40))
def test_any_text_is_read_or_refused(tail: str) -> None:
    for url in (tail, f"http://{tail}"):
        with suppress(FetchRefused):
            target = parse_url(url)
            assert parse_url(target.url) == target
            assert target.host.isascii()
            assert not set(target.host) & set("/\\@?#%[] ")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_of_the_spellings_of_an_ipv4_address_one_is_read(number: int) -> None:
    address = IPv4Address(number)
    assert parse_url(f"http://{address}/").address == address
    a, b, c, d = address.packed
    spellings = [str(number), hex(number), f"0{number:o}", f"{a}.{number % 2**24}", f"{a}.{b}.{number % 2**16}"]
    spellings += [f"{a:#x}.{b}.{c}.{d}", f"0{a:o}.{b}.{c}.{d}", f"{a}.{b}.{c}.{d:#x}"]
    for spelling in spellings:
        with pytest.raises(FetchRefused):
            parse_url(f"http://{spelling}/")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_an_ipv6_address_is_read_in_any_spelling(number: int) -> None:
    address = IPv6Address(number)
    for spelling in (address.compressed, address.exploded, address.exploded.upper()):
        assert parse_url(f"http://[{spelling}]/").address == address
