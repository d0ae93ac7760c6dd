"""The note that a service leaves in its data folder, so that commands on this machine work through it.

It tells where the service listens on this machine, a token that it takes from whoever can read the note, and a digest
of the settings that its answers depend on. A note is believed while the lock of the service is held: a process that is
killed lets go of the lock and leaves the note.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import os
import secrets
import stat
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from rag.locks import ServingLock
from rag.settings import Settings

FILE = "service.json"
_PREFIX = "bylocal_"
_LARGEST = 10_000  # bytes
_MODELS = ("embedding_model", "reader_model")
# What an answer does not depend on, where its vectors are among it. A setting that is not named here counts.
_APART = frozenset(
    [
        "data_dir",
        "chroma_url",
        "chroma_headers",
        "chroma_api_key",
        "chroma_tenant",
        "chroma_database",
        "chroma_timeout_s",
        "chroma_retries",
        "threads",
        "keep_answers_days",
        "require_keys",
        "rate_per_minute",
        "max_concurrent",
        "max_body_mb",
        "drain_s",
        "max_connections",
        "header_timeout_s",
        "body_timeout_s",
        "request_timeout_s",
        "reply_timeout_s",
        "idle_timeout_s",
        "shutdown_s",
        "llm_api_key",
        "feed_minutes",
    ]
)


@dataclass(frozen=True, slots=True)
class LocalService:
    """A service on this machine. `address` is `http://` and a loopback address with its port."""

    address: str
    pid: int
    settings: str
    token: str = field(repr=False)

    def takes(self, given: str | None) -> bool:
        """Whether this is the token, in a time that tells nothing about it."""
        return given is not None and hmac.compare_digest(given.encode(), self.token.encode())


def new_token() -> str:
    return _PREFIX + secrets.token_urlsafe(32)


def settings_digest(settings: Settings) -> str:
    """Of the settings that answers and ingested articles depend on, and of Byline's version."""
    told = settings.model_dump(mode="json", exclude=set(_APART))
    for name in _MODELS:  # a model may be a folder, which a relative path names in its own folder only
        told[name] = str(Path(told[name]).resolve()) if Path(told[name]).exists() else told[name]
    if settings.database_url is not None:  # it would be told as asterisks, whichever it is
        told["database_url"] = settings.database_url.get_secret_value()
    text = json.dumps([version("byline"), told], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def announce(data_dir: Path, service: LocalService) -> None:
    """Write the note: whole or not at all, and readable by nobody else."""
    fresh = data_dir / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(service), file)
    fresh.replace(data_dir / FILE)


def withdraw(data_dir: Path) -> None:
    (data_dir / FILE).unlink(missing_ok=True)


def find(data_dir: Path) -> LocalService | None:
    """The service whose note is in the folder; None where none lives, or its note is not this user's alone."""
    if not ServingLock(data_dir).held_elsewhere():
        return None
    try:
        service = LocalService(**json.loads(_read_own(data_dir / FILE)))
        host = urlsplit(str(service.address)).hostname
        return service if host and ipaddress.ip_address(host).is_loopback else None
    except (OSError, ValueError, TypeError):
        return None


def _read_own(path: Path) -> bytes:
    """A plain file of this user that nobody else may read or write. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        told = os.fstat(file.fileno())
        if not stat.S_ISREG(told.st_mode) or told.st_uid != os.geteuid() or told.st_mode & 0o077:
            raise PermissionError(path)
        return file.read(_LARGEST)
