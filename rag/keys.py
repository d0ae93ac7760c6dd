"""API keys: made, listed, revoked and judged, beside the ledger.

A key is `byl_<id>_<secret>`. Only SHA-256 of the secret is kept: it is 32 random bytes, which nobody guesses however
fast the hash is, so a slow one would add nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from pydantic import SecretStr
from sqlalchemy import func, select, update

from rag.database.choose import database_beside
from rag.database.tables import API_KEYS, api_keys, shared
from rag.errors import InputError, NotFound

FILE = "keys.sqlite3"
Scope = Literal["read", "write"]
PREFIX = "byl_"
_FORM = re.compile(PREFIX + r"([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_WITHIN = re.compile(_FORM.pattern.encode())
LENGTH = len(PREFIX) + 12 + 1 + 43
"""Characters of a key."""


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
    """The keys of an archive: a file in its data folder, made with the first one for its owner only, or a table
    of the database at `url`.

    Raises StoreDamaged and StoreUnreachable where it can't be used.
    """

    def __init__(self, data_dir: Path, url: SecretStr | None = None) -> None:
        self._database = database_beside(data_dir / FILE, "keys", API_KEYS, url)
        self._keys = api_keys if url is None else shared(api_keys)
        self._known = [self._keys.c[field.name] for field in fields(Key)]

    def add(self, name: str, scope: str, days: int | None = None) -> tuple[Key, str]:
        """A new key, and the whole of it, which can't be had again. Raises InputError."""
        if not name.strip() or len(name) > 200:
            raise InputError(f"The name {name[:50]!r} can't be used.", remedy="Give one of 1 to 200 characters.")
        if scope not in get_args(Scope):
            raise InputError(f"There is no scope {scope!r}.", remedy=f"Choose {' or '.join(get_args(Scope))}.")
        secret, key_id, made = secrets.token_urlsafe(32), secrets.token_hex(6), _now()
        expires = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds") if days else None
        key = Key(key_id, name.strip(), scope, made, expires)  # type: ignore[arg-type]
        with self._database.writing() as connection:
            connection.execute(self._keys.insert(), {**asdict(key), "digest": _digest(secret)})
        return key, f"{PREFIX}{key_id}_{secret}"

    def all(self) -> list[Key]:
        """In the order they were made."""
        if not self._database.exists():
            return []
        with self._database.reading() as connection:
            rows = connection.execute(select(*self._known).order_by(self._keys.c.made_at, self._keys.c.id)).all()
        return [Key(*row) for row in rows]

    def revoke(self, key_id: str) -> None:
        """It is refused from now on. Raises NotFound."""
        k = self._keys.c
        change = update(self._keys).where(k.id == key_id).values(revoked_at=func.coalesce(k.revoked_at, _now()))
        with self._database.writing() as connection:
            if not connection.execute(change).rowcount:
                raise NotFound(f"There is no key {key_id}.", remedy="`byline keys list` shows what there is.")

    def judge(self, given: str) -> Key | None:
        """The key that was given, if it is one, is not revoked and has not expired."""
        found = _FORM.fullmatch(given)
        if found is None or not self._database.exists():
            return None
        key_id, secret = found.groups()
        with self._database.reading() as connection:
            row = connection.execute(select(*self._known, self._keys.c.digest).where(self._keys.c.id == key_id)).first()
        if row is None or not hmac.compare_digest(row.digest, _digest(secret)):
            return None
        key, now = Key(*row[:-1]), _now()
        if not key.valid(now):
            return None
        if key.used_on != now[:10]:
            self._used(key_id, now[:10])
        return key

    def _used(self, key_id: str, day: str) -> None:
        with self._database.writing() as connection:
            connection.execute(update(self._keys).where(self._keys.c.id == key_id).values(used_on=day))

    def still_valid(self, key_id: str) -> bool:
        """For a request that is under way."""
        k = self._keys.c
        with self._database.reading() as connection:
            row = connection.execute(select(k.revoked_at, k.expires_at).where(k.id == key_id)).first()
        return row is not None and row[0] is None and (row[1] is None or _now() < row[1])

    def has_valid(self) -> bool:
        """Whether anybody could be let in."""
        return any(key.valid(_now()) for key in self.all())


def holds_key(raw: bytes) -> bool:
    """Whether something that looks like a key stands in it."""
    return PREFIX.encode() in raw and _WITHIN.search(raw) is not None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
