"""Fetching from real servers: what comes, and every way in which a server tries to lead or to hold it."""

from __future__ import annotations

import gc
import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import FetchFailed, FetchGone, FetchRefused
from rag.fetch.addresses import Allowed
from rag.fetch.fetcher import Fetcher, FetchLimits, Validators, retry_after
from tests.rag.fetch.fetching import LIMITS, answering, fault, fetcher
from tests.web import Reply, Web, dripping, redirect, web

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as server:
        server.pages["/story"] = Reply("<p>story</p>", headers={"ETag": '"1"', "Last-Modified": "yesterday"})
        yield server


def test_a_page_comes_with_its_kind_and_validators(site: Web) -> None:
    got = fetcher(site).fetch(site.url("/story"))
    assert (got.body, got.suffix, got.charset) == (b"<p>story</p>", ".html", "utf-8")
    assert got.validators == Validators('"1"', "yesterday")
    sent = site.requests[0][1]
    assert sent["host"] == site.authority
    assert "cookie" not in sent
    assert "authorization" not in sent


def test_what_has_not_changed_is_not_sent_again(site: Web) -> None:
    got = fetcher(site).fetch(site.url("/story"), since=Validators('"1"', "yesterday"))
    assert got.body is None
    assert site.requests[0][1]["if-modified-since"] == "yesterday"


def test_no_proxy_of_the_environment_is_used(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher(site).fetch(site.url("/story")).body


# --- where it is led


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])  # noqa: S104 - not bound
def test_this_machine_is_refused(site: Web, host: str) -> None:
    error = fault(fetcher(), f"http://{host}:{site.port}/story")
    assert isinstance(error, FetchRefused)
    assert "not public" in error.reason
    assert "BYLINE_FETCH_ALLOW" in error.remedy
    assert site.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:7f00:1]"]
)
def test_a_redirect_to_this_machine_is_refused(site: Web, host: str) -> None:
    with web() as inside:
        inside.pages["/secret"] = Reply("secret")
        site.pages["/"] = redirect(f"http://{host}:{inside.port}/secret")
        assert isinstance(fault(fetcher(site), site.url("/")), FetchRefused)
        assert inside.requests == []


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("file:///etc/passwd", "scheme is file"),
        ("ftp://127.0.0.1/x", "scheme is ftp"),
        ("javascript:alert(1)", "whole web address"),
        ("//user@127.0.0.1/", "user name"),
        ("http://127.0.0.1\\@n.example/", "backslash"),
        ("/a\tb", "control character"),
        ("http://[::1", "can't be read"),
        ("http://169.254.169.254/latest/meta-data/", "not public (link-local)"),
        ("http://10.0.0.1/", "not public (private)"),
        ("http://100.64.0.1/", "not public"),
        ("http://93.184.216.34:22/", "port is 22"),
    ],
)
def test_a_redirect_elsewhere_is_refused(site: Web, to: str, reason: str) -> None:
    site.pages["/"] = redirect(to)
    assert reason in fault(fetcher(site), site.url("/")).reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_five_times(site: Web, status: int) -> None:
    site.pages |= {f"/{n}": redirect(f"{n + 1}?x#part", status) for n in range(1)}
    site.pages |= {"/1?x": redirect(site.url("/2")), "/2": redirect("//" + site.authority + "/3"), "/3": redirect("/4")}
    site.pages["/4"] = redirect("./story")
    got = fetcher(site).fetch(site.url("/0"))
    assert got.url == site.url("/story")
    assert site.paths == ["/0", "/1?x", "/2", "/3", "/4", "/story"]


def test_a_sixth_redirect_is_refused(site: Web) -> None:
    site.pages |= {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    assert "more than 5 times" in fault(fetcher(site), site.url("/0")).reason
    assert len(site.requests) == 6


def test_a_circle_is_refused(site: Web) -> None:
    site.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    assert "circle" in fault(fetcher(site), site.url("/a")).reason
    assert site.paths == ["/a", "/b"]


# --- names


def _two(port: int = 0) -> Iterator[tuple[Web, Web]]:
    """Two servers on one port of two loopback addresses."""
    with web("127.0.0.1", port) as inside:
        try:
            with web("127.0.0.2", inside.port) as outside:
                yield outside, inside
        except OSError:
            pytest.skip("this system has one loopback address")


@pytest.fixture
def two() -> Iterator[tuple[Web, Web]]:
    yield from _two()


def test_a_name_that_is_looked_up_again_elsewhere_leads_nowhere_else(two: tuple[Web, Web]) -> None:
    """The first look-up gives an address that may be fetched, every later one another that may not."""
    outside, inside = two
    outside.pages["/"] = inside.pages["/"] = Reply("page")
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.2"] if len(looked_up) == 1 else ["127.0.0.1"]

    one = Fetcher(LIMITS, Allowed.parse("127.0.0.2/32"), rebinding)
    assert one.fetch(f"http://news.example:{outside.port}/").body == b"page"
    assert looked_up == ["news.example"]
    assert outside.requests[0][1]["host"] == f"news.example:{outside.port}"
    assert fault(one, f"http://news.example:{outside.port}/").reason.endswith("not public (loopback).")
    assert inside.requests == []


def test_a_redirect_to_a_name_of_the_inside_is_refused(two: tuple[Web, Web]) -> None:
    outside, inside = two
    outside.pages["/"] = redirect(f"http://inside.example:{inside.port}/")
    names = {"news.example": ["127.0.0.2"], "inside.example": ["127.0.0.2", "127.0.0.1"]}
    one = Fetcher(LIMITS, Allowed.parse("127.0.0.2/32"), lambda host, _: names[host])
    assert "not public" in fault(one, f"http://news.example:{outside.port}/").reason
    assert inside.requests == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_connection_goes_to_the_public_address_that_was_checked() -> None:
    """The tests' own guard on sockets names the address that is connected to, and leaves its socket to be collected."""
    one = fetcher(resolver=answering("93.184.216.34"))
    with pytest.raises(AssertionError, match=r"93\.184\.216\.34"):
        one.fetch("http://news.example/")
    gc.collect()


def test_the_next_address_is_tried_when_one_does_not_answer(two: tuple[Web, Web]) -> None:
    outside, _ = two
    outside.pages["/"] = Reply("page")
    one = Fetcher(LIMITS, Allowed.parse("127.0.0.0/8"), answering("127.0.0.3", "127.0.0.2"))
    assert one.fetch(f"http://news.example:{outside.port}/").body == b"page"


def test_a_name_that_is_not_known_is_told() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    assert "not known" in fault(fetcher(resolver=unknown), "http://news.example/").reason
    assert "no address" in fault(fetcher(resolver=answering()), "http://news.example/").reason


def test_a_look_up_that_hangs_costs_the_time_there_is() -> None:
    held = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        held.wait(5)
        return []

    one = fetcher(limits=FetchLimits(timeout_s=0.2), resolver=slow)
    assert "FETCH_TIMEOUT" in fault(one, "http://news.example/").reason
    held.set()


# --- what comes


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "text/xml", "application/json", ""])
def test_a_kind_that_is_no_article_is_refused(site: Web, kind: str) -> None:
    site.pages["/"] = Reply("GIF89a", kind=kind)
    assert "of the kind" in fault(fetcher(site), site.url("/")).reason


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("text/plain", ".txt"), ("Application/PDF", ".pdf"), ("application/xhtml+xml; charset='x'", ".html")],
)
def test_kinds_that_can_be_read(site: Web, kind: str, suffix: str) -> None:
    site.pages["/"] = Reply("body", kind=kind)
    assert fetcher(site).fetch(site.url("/")).suffix == suffix


def test_a_feed_may_be_xml_and_no_picture(site: Web) -> None:
    site.pages |= {"/": Reply("<rss/>", kind="application/rss+xml"), "/x": Reply("GIF89a", kind="image/gif")}
    assert fetcher(site).fetch(site.url("/"), "feed").body == b"<rss/>"
    assert "RSS or Atom" in fault(fetcher(site), site.url("/x"), "feed").remedy


def test_a_packed_body_is_unpacked(site: Web) -> None:
    packed = gzip.compress(b"first ") + gzip.compress(b"second")
    site.pages["/"] = Reply(packed, headers={"Content-Encoding": "gzip"})
    assert fetcher(site).fetch(site.url("/")).body == b"first second"


def test_a_bomb_is_not_unpacked(site: Web) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < LIMITS.max_bytes
    site.pages["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        assert "more than 0.1 MB" in fault(fetcher(site), site.url("/")).reason
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "packing", "reason"),
    [
        (gzip.compress(b"x" * 900, mtime=0)[:-20], "gzip", "damaged"),
        (b"no gzip", "gzip", "damaged"),
        (b"", "gzip", "damaged"),
        (b"x", "br", "packed as 'br'"),
        (b"x", "gzip, gzip", "packed as"),
    ],
)
def test_a_body_that_can_not_be_unpacked_is_told(site: Web, body: bytes, packing: str, reason: str) -> None:
    site.pages["/"] = Reply(body, headers={"Content-Encoding": packing})
    assert reason in fault(fetcher(site), site.url("/")).reason


def test_a_large_body_is_left_at_once(site: Web) -> None:
    site.pages["/"] = Reply(b"x" * (LIMITS.max_bytes + 1))
    assert "more than 0.1 MB" in fault(fetcher(site), site.url("/")).reason
    site.pages["/"] = Reply(b"x" * LIMITS.max_bytes)
    assert fetcher(site).fetch(site.url("/")).body


@pytest.mark.parametrize("head", [OK + b"\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_endless_reply_is_left(site: Web, head: bytes) -> None:
    part = b"2000\r\n" + b"x" * 8192 + b"\r\n" if b"chunked" in head else b"x" * 8192
    site.pages["/"] = Reply(raw=dripping(head, part, 0))
    started = time.monotonic()
    fault(fetcher(site), site.url("/"))
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", OK + b"Content-Length: 99999\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_time_is_over(site: Web, head: bytes) -> None:
    site.pages["/"] = Reply(raw=dripping(head, b"x" if head else b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.02))
    started = time.monotonic()
    error = fault(fetcher(site, limits=FetchLimits(timeout_s=0.4)), site.url("/"))
    assert "FETCH_TIMEOUT" in error.reason
    assert time.monotonic() - started < 2


def test_a_server_that_is_silent_is_left(site: Web) -> None:
    site.pages["/"] = Reply(raw=lambda _connection: time.sleep(1))
    assert isinstance(fault(fetcher(site, limits=FetchLimits(timeout_s=0.3)), site.url("/")), FetchFailed)


@pytest.mark.parametrize("raw", [b"", b"no HTTP\r\n\r\n", OK + b"Content-Length: 100\r\n\r\nshort", OK + b"X\r\n\r\n"])
def test_a_broken_reply_is_told(site: Web, raw: bytes) -> None:
    def broken(connection: socket.socket) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_RDWR)

    site.pages["/"] = Reply(raw=broken)
    error = fault(fetcher(site), site.url("/"))
    assert isinstance(error, FetchFailed)
    assert "connection failed" in error.reason


def test_what_is_gone_and_what_may_come_back(site: Web) -> None:
    site.pages |= {"/410": Reply(status=410), "/503": Reply(status=503, headers={"Retry-After": "120"})}
    missing, gone = fault(fetcher(site), site.url("/404")), fault(fetcher(site), site.url("/410"))
    assert isinstance(missing, FetchGone)
    assert isinstance(gone, FetchGone)
    assert (missing.for_good, gone.for_good) == (False, True)
    busy = fault(fetcher(site), site.url("/503"))
    assert isinstance(busy, FetchFailed)
    assert busy.retry_after_s == 120
    site.pages["/206"] = Reply(status=206)
    assert "HTTP 206" in fault(fetcher(site), site.url("/206")).reason


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("Thu, 01 Jan 1970 00:02:00 GMT", 60) == 60
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT", 60) == 0
    assert retry_after("soon", 0) is None
    assert retry_after(None, 0) is None


def test_a_port_that_nobody_listens_on_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        there = f"127.0.0.1:{bound.getsockname()[1]}"
        error = fault(Fetcher(LIMITS, Allowed.parse(there)), f"http://{there}/")
    assert "connection failed" in error.reason


# --- TLS


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", f"/CN={name}"]
    try:
        subprocess.run([*command, "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not here to make a certificate")
    return key, certificate


def test_the_certificate_is_that_of_the_name_at_the_pinned_address(tmp_path: Path) -> None:
    key, certificate = _certificate(tmp_path, "news.example")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    asked: list[str | None] = []
    served.sni_callback = lambda _socket, name, _context: asked.append(name)
    trust = ssl.create_default_context(cafile=str(certificate))
    allowed = Allowed.parse("127.0.0.1/32")
    with web(tls=served) as site:
        site.pages["/"] = Reply("page")
        one = Fetcher(LIMITS, allowed, answering("127.0.0.1"), trust)
        assert one.fetch(f"https://news.example:{site.port}/").body == b"page"
        assert asked == ["news.example"]
        other = fault(one, f"https://other.example:{site.port}/")
        unknown = fault(Fetcher(LIMITS, allowed, answering("127.0.0.1")), f"https://news.example:{site.port}/")
    assert "certificate verify failed" in other.reason.lower()
    assert "certificate verify failed" in unknown.reason.lower()
    assert len(site.requests) == 1
