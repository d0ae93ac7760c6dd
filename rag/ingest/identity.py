"""What an article is called: its key from where it came from, its proposed id from its url or its content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from rag.ingest.file import File


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article's bytes are: what a rejection names, the file, and the SHA-256 of the bytes in hex."""

    where: str
    path: File
    digest: str


_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|cmpid|ocid)$", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str | None:
    """One spelling of an article's web address, or None if it isn't one.

    Scheme and host in lower case, http as https, no user name, default port, fragment or tracking parameters, no
    slash at the end: none of them makes another article.
    """
    if not url.isprintable() or any(char.isspace() or char == "\\" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _PORTS or not host:
        return None
    where = f"[{host}]" if ":" in host else host
    if port is not None and port not in _PORTS.values():
        where += f":{port}"
    return urlunsplit(("https", where, parts.path.rstrip("/"), _query(parts), ""))


def _query(parts: SplitResult) -> str:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.match(name)]
    return parts.query if len(kept) == len(pairs) else urlencode(kept)


def source_of(url: str) -> str | None:
    """The host of a web address without `www.`."""
    host = urlsplit(url).hostname
    return host.removeprefix("www.") if host else None


def key_of(url: str | None, path: File, record: str | None) -> str:
    """Where an article came from. `record` names one of many in a file."""
    if url is not None:
        return f"url:{canonical_url(url)}"
    key = f"file:{path.absolute()}"
    return f"{key}#{record}" if record else key


def proposed_id(key: str, digest: str) -> str:
    """Of the url where there is one, else of the content; 16 hex digits of SHA-256 after an `a`."""
    if key.startswith("url:"):
        digest = hashlib.sha256(key.encode()).hexdigest()
    return f"a{digest[:16]}"
