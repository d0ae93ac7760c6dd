"""Settings to Chroma servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from threading import Lock

from rag.chroma.shards import Shards
from rag.chroma.wire import CLOUD, Route, Wire
from rag.errors import SettingsError
from rag.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Servers:
    """The servers that the settings name, and the shards of an archive on them. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected yet. Raises SettingsError."""
        self._wires = [Wire(route) for route in routes(settings)]
        self._timeout_s = settings.chroma_timeout_s
        self._guard = Lock()
        self._shards: dict[str, Shards] = {}

    def of(self, metas: Mapping[str, str]) -> Shards:
        """Where the vectors are that the archive of these notes has of the model in use: collections of their own."""
        name = f"byline-{metas['archive']}-{metas.get('model', 0)}"
        with self._guard:
            if name not in self._shards:
                self._shards[name] = Shards(self._wires, name, self._timeout_s)
            return self._shards[name]

    def close(self) -> None:
        for shards in self._shards.values():
            shards.close()
        for wire in self._wires:
            wire.close()


def servers_of(settings: Settings) -> Servers | None:
    """None where Chroma is embedded."""
    return Servers(settings) if settings.chroma_url else None


def routes(settings: Settings) -> list[Route]:
    """How each server is reached, in an order that does not depend on how they were given. Raises SettingsError."""
    urls = sorted({url.strip().rstrip("/") for url in (settings.chroma_url or "").split(",")})
    headers = _headers(settings.chroma_headers.get_secret_value() if settings.chroma_headers else "")
    if urls == ["cloud"]:
        if settings.chroma_api_key is None:
            raise SettingsError("BYLINE_CHROMA_URL=cloud needs a key.", remedy="Set BYLINE_CHROMA_API_KEY.")
        urls, headers = [CLOUD], headers | {"x-chroma-token": settings.chroma_api_key.get_secret_value()}
    where = settings.chroma_tenant, settings.chroma_database
    return [Route(url, headers, *where, settings.chroma_timeout_s, settings.chroma_retries) for url in urls]


def _headers(told: str) -> dict[str, str]:
    pairs = [part.partition(":") for part in told.split(";") if part.strip()]
    headers = {name.strip(): value.strip() for name, colon, value in pairs if colon}
    if len(headers) < len(pairs) or not all(
        _NAME.fullmatch(name) and value.isascii() and value.isprintable() for name, value in headers.items()
    ):
        raise SettingsError(
            "BYLINE_CHROMA_HEADERS can't be used.", remedy="Write them as `Name: value`, with `;` between."
        )
    return headers
