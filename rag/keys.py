"""API keys: made, listed, revoked and judged, in a SQLite file of their own beside the ledger.

A key is `byl_<id>_<secret>`. Only SHA-256 of the secret is kept: it is 32 random bytes, which nobody guesses however
fast the hash is, so a slow one would add nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from rag.errors import InputError, NotFound, StoreDamaged

FILE = "keys.sqlite3"
Scope = Literal["read", "write"]
_WAIT_S = 10.0
PREFIX = "byl_"
_FORM = re.compile(PREFIX + r"([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_WITHIN = re.compile(_FORM.pattern.encode())
LENGTH = len(PREFIX) + 12 + 1 + 43
"""Characters of a key."""
_TABLE = (
    "create table if not exists keys (id text primary key, name text not null, scope text not null, "
    "digest blob not null, made_at text not null, expires_at text, revoked_at text, used_on text)"
)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key. Times are ISO 8601 in UTC; `used_on` is the last day it was used."""

    id: str
    name: str
    scope: Scope
    made_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    used_on: str | None = None

    def valid(self, now: str) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def may_write(self) -> bool:
        return self.scope == "write"


class KeyStore:
    """The keys of a data folder; the file is made with the first one."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def add(self, name: str, scope: str, days: int | None = None) -> tuple[Key, str]:
        """A new key, and the whole of it, which can't be had again. Raises InputError."""
        if not name.strip() or len(name) > 200:
            raise InputError(f"The name {name[:50]!r} can't be used.", remedy="Give one of 1 to 200 characters.")
        if scope not in get_args(Scope):
            raise InputError(f"There is no scope {scope!r}.", remedy=f"Choose {' or '.join(get_args(Scope))}.")
        secret, key_id, made = secrets.token_urlsafe(32), secrets.token_hex(6), _now()
        expires = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds") if days else None
        key = Key(key_id, name.strip(), scope, made, expires)  # type: ignore[arg-type]
        with self._open() as connection:
            connection.execute(
                "insert into keys (id, name, scope, digest, made_at, expires_at) values (?, ?, ?, ?, ?, ?)",
                (key.id, key.name, key.scope, _digest(secret), key.made_at, key.expires_at),
            )
        return key, f"{PREFIX}{key_id}_{secret}"

    def all(self) -> list[Key]:
        """In the order they were made."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute(
                "select id, name, scope, made_at, expires_at, revoked_at, used_on from keys order by made_at, id"
            ).fetchall()
        return [Key(*row) for row in rows]

    def revoke(self, key_id: str) -> None:
        """It is refused from now on. Raises NotFound."""
        with self._open() as connection:
            query = "update keys set revoked_at = coalesce(revoked_at, ?) where id = ?"
            if not connection.execute(query, (_now(), key_id)).rowcount:
                raise NotFound(f"There is no key {key_id}.", remedy="`byline keys list` shows what there is.")

    def judge(self, given: str) -> Key | None:
        """The key that was given, if it is one, is not revoked and has not expired."""
        found = _FORM.fullmatch(given)
        if found is None or not self._path.exists():
            return None
        key_id, secret = found.groups()
        with self._open() as connection:
            row = connection.execute(
                "select id, name, scope, made_at, expires_at, revoked_at, used_on, digest from keys where id = ?",
                (key_id,),
            ).fetchone()
            if row is None or not hmac.compare_digest(row[-1], _digest(secret)):
                return None
            key, today = Key(*row[:-1]), _now()[:10]
            if key.valid(_now()) and key.used_on != today:
                connection.execute("update keys set used_on = ? where id = ?", (today, key_id))
        return key if key.valid(_now()) else None

    def still_valid(self, key_id: str) -> bool:
        """For a request that is under way."""
        with self._open() as connection:
            row = connection.execute("select revoked_at, expires_at from keys where id = ?", (key_id,)).fetchone()
        return row is not None and row[0] is None and (row[1] is None or _now() < row[1])

    def has_valid(self) -> bool:
        """Whether anybody could be let in."""
        return any(key.valid(_now()) for key in self.all())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._path.exists():
                self._path.touch(mode=0o600)
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise StoreDamaged(
                f"The keys in {self._path} can't be used: {error}.", remedy="Restore the file or move it away."
            ) from error


def holds_key(raw: bytes) -> bool:
    """Whether something that looks like a key stands in it."""
    return PREFIX.encode() in raw and _WITHIN.search(raw) is not None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
