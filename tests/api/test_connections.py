"""Clients that are slow, many, or speak no HTTP: each is told so where it can be, and none stays."""

from __future__ import annotations

import select
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.api.raw import CLOSE, HOST, connect, post, rest, said
from tests.api.serving import Service, served

HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST
QUESTION = b'{"question": "Which Ford plant is the leading candidate to build Geely cars?"}'
CHUNKED = b"POST /v1/ask HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
LATE_S = 6.0  # by when a limit of one second has surely been kept
CONNECTIONS = 12


@pytest.fixture(scope="module")
def strict(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that waits for nobody longer than a second."""
    folder = shutil.copytree(data, tmp_path_factory.mktemp("strict") / "data")
    limits = {"HEADER_TIMEOUT_S": "1", "REPLY_TIMEOUT_S": "1", "MAX_BODY_MB": "1", "MAX_CONNECTIONS": str(CONNECTIONS)}
    with served(folder, **{f"BYLINE_{name}": one for name, one in limits.items()}) as service:
        yield service


@pytest.fixture
def port(strict: Service) -> Iterator[int]:
    """No test may leave a traceback."""
    yield int(strict.address.rpartition(":")[2])
    assert not any("Traceback" in line for line in strict.log), "".join(strict.log)[-3000:]


def dripping(client_port: int, first: bytes, drip: bytes) -> tuple[float, bytes]:
    """Seconds until a connection that sends `first`, then `drip` byte by byte, is closed, and what it was told."""
    client, started = connect(client_port), time.monotonic()
    client.sendall(first)

    def drop() -> None:
        with suppress(OSError):
            for n in range(200):
                client.sendall(drip[n % len(drip) : n % len(drip) + 1])
                time.sleep(0.05)

    threading.Thread(target=drop, daemon=True).start()
    told = rest(client).whole
    return time.monotonic() - started, told


def test_headers_that_drip_are_not_waited_for(port: int) -> None:
    seconds, told = dripping(port, b"GET /healthz HTTP/1.1\r\nX: ", b"a")
    assert seconds < LATE_S
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in told
    assert b"nosniff" in told


def test_nor_are_those_of_the_next_request(port: int) -> None:
    seconds, told = dripping(port, HEALTH + b"\r\n", b"G")
    assert seconds < LATE_S
    assert told.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 408 " in told


def test_who_says_nothing_is_left(port: int) -> None:
    started = time.monotonic()
    assert rest(connect(port)).whole == b""
    assert time.monotonic() - started < LATE_S


def test_a_reply_that_is_not_read_ends_its_connection(strict: Service, port: int) -> None:
    client = connect(port, receive_bytes=2048)
    client.sendall((b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 40)
    waited = time.monotonic() + LATE_S
    while not any("a reply was not read" in line for line in strict.log):
        assert time.monotonic() < waited
        time.sleep(0.05)
    assert rest(client).whole.count(b"HTTP/1.1 200 ") < 40


def test_the_rest_of_a_body_that_was_refused_is_not_read_for_ever(port: int) -> None:
    part = b"ffff\r\n" + b"a" * 65_535 + b"\r\n"
    started = time.monotonic()
    told = said(port, CHUNKED + b"\r\n", *[part] * 20_000)
    assert time.monotonic() - started < LATE_S
    assert told.status in {0, 413}  # it may close while the client still sends


def test_connections_over_the_limit_are_told_so_and_idle_ones_make_room(port: int) -> None:
    with ExitStack() as opened:
        idle = [opened.enter_context(connect(port)) for _ in range(CONNECTIONS)]
        for one in idle:
            one.sendall(HEALTH + b"\r\n")
            while b'"ok"}' not in one.recv(4096):
                pass
        assert said(port, HEALTH + CLOSE + b"\r\n").status == 200
        assert len(select.select(idle, [], [], 0)[0]) == 1  # the end of one has come
    with ExitStack() as opened:
        busy = [opened.enter_context(connect(port)) for _ in range(CONNECTIONS + 3)]
        told = rest(busy[-1])
        assert (told.status, told.problem["title"]) == (503, "Too Many Connections")
        assert b"Retry-After: 1" in told.whole


NO_HTTP = {
    "nonsense": (b"NONSENSE\r\n\r\n", 400),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "bytes in the address": (b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "two lengths": (b"POST /v1/ask HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "a negative length": (post(b"abcd", length=-1), 400),
    "a length and chunks": (CHUNKED + b"Content-Length: 3\r\n\r\n0\r\n\r\n", 400),
    "a chunk without a size": (CHUNKED + b"\r\nzz\r\nabc\r\n", 400),
    "unknown packing": (b"POST /v1/ask HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\nabc", 501),
    "endless headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 1_000_000, 431),
    "large headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 33_000 + b"\r\n\r\n", 431),
    "many headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: 1\r\n" * 100 + b"\r\n", 431),
    "many trailers": (CHUNKED + CLOSE + b"\r\n0\r\n" + b"X: 1\r\n" * 101 + b"\r\n", 431),
}


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_no_http_is_a_problem(port: int, name: str) -> None:
    sent, status = NO_HTTP[name]
    told = said(port, sent)
    assert (told.status, told.problem["status"]) == (status, status)


def test_a_body_that_stops_being_http_ends_what_was_made_of_it(port: int) -> None:
    client = connect(port)
    client.sendall(CHUNKED + b"\r\n3\r\nabc\r\n")
    time.sleep(0.2)
    client.sendall(b"zz\r\nabc\r\n")
    assert rest(client).status == 400


def test_who_hangs_up_amid_a_body_leaves_no_trace(strict: Service, port: int) -> None:
    form = post(b"--x\r\n", b"/v1/articles", length=5000).replace(
        b"application/json", b"multipart/form-data; boundary=x"
    )
    accepting = b"Accept: application/json, text/event-stream\r\n"
    for sent in (form, post(b"{", length=50), post(b"{", b"/mcp", more=accepting, length=50)):
        with connect(port) as client:
            client.sendall(sent)
            time.sleep(0.2)  # so that the app waits for the rest
    assert said(port, HEALTH + CLOSE + b"\r\n").status == 200
    assert not any(" ERROR " in line for line in strict.log)


def test_as_many_headers_as_there_may_be_are_read(port: int) -> None:
    assert said(port, HEALTH + CLOSE + b"X: 1\r\n" * 98 + b"\r\n").status == 200


def test_requests_in_a_row_are_answered_in_order(port: int) -> None:
    told = said(port, HEALTH + b"\r\n" + post(QUESTION, more=b"") + HEALTH + CLOSE + b"\r\n").whole
    assert told.count(b"HTTP/1.1 200 ") == 3
    assert told.index(b'"ok"') < told.index(b"Valencia") < told.rindex(b'"ok"')


def test_a_body_in_chunks_needs_no_length(port: int) -> None:
    parts = [QUESTION[n : n + 7] for n in range(0, len(QUESTION), 7)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    told = said(port, CHUNKED + CLOSE + b"\r\n" + chunks + b"0\r\n\r\n")
    assert told.status == 200
    assert b"Valencia" in told.whole


def test_the_first_http_is_still_spoken(port: int) -> None:
    stream = post(QUESTION, more=b"Accept: text/event-stream\r\n").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert b"event: done" in said(port, stream).whole
    assert said(port, HEALTH.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n").status == 200
