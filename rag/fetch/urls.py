"""A web address, taken apart once and strictly; what is requested is made of the parts, and nothing parses it again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

import idna

from rag.errors import FetchRefused

_LONGEST = 4_000
_SHOWN = 200
_PORTS = {"http": 80, "https": 443}
_PARTS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::(?P<port>[0-9]{0,5}))?")
_NAME = re.compile(r"(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
_KEPT = "!$%&'()*+,/:;=?@[]~"  # as they stand in a path or a query; an escape stays an escape


@dataclass(frozen=True, slots=True)
class Target:
    """What is requested of whom. `host` is a name in ASCII and lower case, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str  # with the query

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The IP address that stands in place of a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


def parse_url(url: str) -> Target:
    """Raises FetchRefused for what is no http or https address, and for spellings that programs read differently."""
    check_characters(url)
    found = _PARTS.match(url)
    if found is None:
        raise refused(url, "it is not a whole web address.", "Give one like https://news.example/story.")
    scheme = found["scheme"].lower()
    if scheme not in _PORTS:
        raise refused(url, f"its scheme is {scheme[:20]}.", "Give an http or https address.")
    host, port = _host_and_port(url, found["authority"])
    path = quote((found["path"] or "/") + (found["query"] or ""), safe=_KEPT)
    return Target(scheme, host, _PORTS[scheme] if port is None else port, path)


def check_characters(url: str) -> None:
    """Raises FetchRefused for characters that no web address has and that programs drop or take for others."""
    if len(url) > _LONGEST:
        raise refused(url, f"it has more than {_LONGEST:,} characters.", "Give the article's own address.")
    if not url.isprintable() or any(char.isspace() or char == "\\" for char in url):
        raise refused(url, "it holds a backslash, a space or a control character.", "Write it as the site does.")


def refused(url: str, reason: str, remedy: str) -> FetchRefused:
    return FetchRefused(shown(url), reason, remedy=remedy)


def shown(url: str) -> str:
    """`url` as an error names it: without a user name and password, on one line, not too long."""
    start, mark, rest = url.partition("//")
    authority = re.match(r"[^/?#]*", rest)
    named = authority[0].rpartition("@")[2] if authority else ""
    kept = f"{start}{mark}{named}{rest[authority.end() if authority else 0 :]}"[:_SHOWN]
    return "".join(char if char.isprintable() else "?" for char in kept)


def _host_and_port(url: str, authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise refused(url, "it holds a user name.", "Leave out what stands before the @.")
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise refused(url, "its host can't be read.", "Give one like https://news.example/story.")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65_536:
        raise refused(url, f"there is no port {port}.", "Leave it out.")
    return _host(url, found["host"]), port


def _host(url: str, written: str) -> str:
    if written.startswith("["):
        try:
            return str(ipaddress.IPv6Address(written[1:-1]))
        except ValueError as error:
            raise refused(url, "its host is no IPv6 address.", "Give the host's name.") from error
    host = (_in_ascii(url, written) if not written.isascii() else written.lower()).removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        _check_quad(url, host)
    elif not _NAME.fullmatch(host):
        raise refused(url, "its host is no name of a host.", "Give one like https://news.example/story.")
    return host


def _in_ascii(url: str, host: str) -> str:
    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise refused(url, "its host is no name of a host.", "Write it in ASCII.") from error


def _check_quad(url: str, host: str) -> None:
    """A host whose last part is a number is an IPv4 address to some programs, in many spellings; one is accepted."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError as error:
        reason = "its host is a number, and not an address of four decimal parts."
        raise refused(url, reason, "Give the host's name.") from error
